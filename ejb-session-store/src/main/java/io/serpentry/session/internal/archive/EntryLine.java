// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.Limits;
import io.serpentry.session.internal.store.StoredEntry;
import jakarta.json.stream.JsonGenerator;
import java.util.Base64;

/**
 * An entry of the session whose line stands before it.
 *
 * @param version it had where it comes from
 * @param size of the content in bytes
 * @param sha256 of the content
 */
record EntryLine(String name, String mediaType, long version, long size, String sha256, Body body)
        implements ArchiveLine {

    static final String TYPE = "entry";

    /** What the entry holds; each kind has a member of its own. */
    sealed interface Body {}

    record Content(byte[] bytes) implements Body {}

    /** Its content is the number's decimal digits. */
    record Counter(long value) implements Body {}

    /** Its content could not be read when it was exported. */
    record Quarantined(String reason) implements Body {}

    EntryLine {
        Limits.name("entry name", name);
        Limits.mediaType(mediaType);
    }

    static EntryLine of(EntryRead read) {
        EntryInfo info = read.info();
        return new EntryLine(info.name(), info.mediaType(), info.version(), info.size(), info.sha256(), body(read));
    }

    private static Body body(EntryRead read) {
        if (read instanceof EntryRead.Content content) {
            return content.info().counter()
                    ? new Counter(Long.parseLong(content.text()))
                    : new Content(content.toByteArray());
        }
        if (read instanceof EntryRead.Corrupt corrupt) {
            return new Quarantined(corrupt.failure().reason().name());
        }
        throw new IllegalStateException(
                "The store left the content of entry \"" + read.info().name() + "\" out");
    }

    static EntryLine of(Members members) {
        EntryLine line = new EntryLine(
                members.text("name"),
                members.text("mediaType"),
                members.count("version"),
                members.count("size"),
                members.sha256(),
                body(members));
        if (line.body instanceof Content content) {
            line.requireDigestOf(content.bytes());
        } else if (line.body instanceof Counter counter) {
            line.requireDigestOf(StoredEntry.counterContent(counter.value()));
        }
        return line;
    }

    /** A second body is a member that nobody asks for. */
    private static Body body(Members members) {
        if (members.has("content")) {
            return new Content(decoded(members.text("content")));
        }
        if (members.has("counter")) {
            return new Counter(members.number("counter"));
        }
        String reason = members.text("quarantined");
        Limits.name("quarantined", reason);
        return new Quarantined(reason);
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw Members.refused("its content is not base64");
        }
    }

    private void requireDigestOf(byte[] content) {
        if (content.length != size || !ContentDigest.of(content).equals(sha256)) {
            throw Members.refused("the content of entry \"" + name + "\" is not what its size and digest say");
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void write(JsonGenerator json) {
        json.write("name", name)
                .write("mediaType", mediaType)
                .write("version", version)
                .write("size", size)
                .write("sha256", sha256);
        if (body instanceof Content content) {
            json.write("content", Base64.getEncoder().encodeToString(content.bytes()));
        } else if (body instanceof Counter counter) {
            json.write("counter", counter.value());
        } else if (body instanceof Quarantined quarantined) {
            json.write("quarantined", quarantined.reason());
        }
    }
}
