// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.session.Limits;
import jakarta.json.stream.JsonGenerator;

/**
 * The last line of a session.
 *
 * @param sha256 of the session's lines before this one
 */
record EndLine(String session, long entries, String sha256) implements ArchiveLine {

    static final String TYPE = "end";

    static EndLine of(Members members) {
        String session = members.text("session");
        Limits.id("session id", session);
        return new EndLine(session, members.count("entries"), members.sha256());
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void write(JsonGenerator json) {
        json.write("session", session).write("entries", entries).write("sha256", sha256);
    }
}
