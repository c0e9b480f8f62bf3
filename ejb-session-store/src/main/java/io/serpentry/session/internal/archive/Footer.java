// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import jakarta.json.stream.JsonGenerator;

/**
 * The last line.
 *
 * @param sha256 of all lines before this one
 */
record Footer(long sessions, long entries, String sha256) implements ArchiveLine {

    static final String TYPE = "footer";

    static Footer of(Members members) {
        return new Footer(members.count("sessions"), members.count("entries"), members.sha256());
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void write(JsonGenerator json) {
        json.write("sessions", sessions).write("entries", entries).write("sha256", sha256);
    }
}
