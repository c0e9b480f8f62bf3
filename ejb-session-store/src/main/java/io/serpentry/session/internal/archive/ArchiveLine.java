// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import jakarta.json.stream.JsonGenerator;
import java.io.Reader;

/**
 * A line of an archive: a JSON object in UTF-8, ended by a line feed.
 *
 * <pre>
 * {"type":"header","format":"serpentry-sessions","version":1,"exportedAt":"2030-01-01T00:00:00Z"}
 * {"type":"session","id":"s1","owner":"ada", … ,"metadata":{"topic":"claims"},"revision":7,"entries":3}        ┐
 * {"type":"entry","name":"answer", … ,"size":5,"sha256":"2cf2…","content":"aGVsbG8="}                          │ SHA-256
 * {"type":"entry","name":"calls", … ,"size":2,"sha256":"73475…","counter":42}                                  │ of these
 * {"type":"entry","name":"notes", … ,"size":9,"sha256":"9f86…","quarantined":"CHECKSUM"}                       ┘
 * {"type":"end","session":"s1","entries":3,"sha256":"…"}
 * {"type":"session", … }
 * {"type":"abandoned","session":"s2"}
 * {"type":"footer","sessions":1,"entries":3,"sha256":"…"}          of all lines before this one
 * </pre>
 *
 * The digests are of the bytes of the lines, line feeds included. An abandoned session was changed or ended while it was
 * exported: what stands of it does not count, and it may follow once more.
 */
sealed interface ArchiveLine permits Header, SessionLine, EntryLine, EndLine, AbandonedLine, Footer {

    String type();

    /** Writes the members, but not the type. */
    void write(JsonGenerator json);

    /** Throws INVALID_ARGUMENT if it is none. */
    static ArchiveLine parsed(Reader text) {
        Members members = Members.parsed(text);
        ArchiveLine line = of(members);
        members.requireNothingElse();
        return line;
    }

    private static ArchiveLine of(Members members) {
        return switch (members.text("type")) {
            case Header.TYPE -> Header.of(members);
            case SessionLine.TYPE -> SessionLine.of(members);
            case EntryLine.TYPE -> EntryLine.of(members);
            case EndLine.TYPE -> EndLine.of(members);
            case AbandonedLine.TYPE -> AbandonedLine.of(members);
            case Footer.TYPE -> Footer.of(members);
            default -> throw Members.refused("its type is not known");
        };
    }
}
