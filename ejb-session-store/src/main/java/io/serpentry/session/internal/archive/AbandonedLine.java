// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.session.Limits;
import jakarta.json.stream.JsonGenerator;

/** Takes back what stands of a session before it. */
record AbandonedLine(String session) implements ArchiveLine {

    static final String TYPE = "abandoned";

    static AbandonedLine of(Members members) {
        String session = members.text("session");
        Limits.id("session id", session);
        return new AbandonedLine(session);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void write(JsonGenerator json) {
        json.write("session", session);
    }
}
