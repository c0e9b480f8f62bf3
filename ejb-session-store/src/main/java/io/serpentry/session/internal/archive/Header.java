// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import jakarta.json.stream.JsonGenerator;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The first line.
 *
 * @param serpentry the release that wrote the archive; null if it was not at hand
 */
record Header(Instant exportedAt, @Nullable String serpentry) implements ArchiveLine {

    static final String TYPE = "header";
    private static final String FORMAT = "serpentry-sessions";
    private static final int VERSION = 1;

    static Header now(Instant now) {
        return new Header(now, Header.class.getPackage().getImplementationVersion());
    }

    static Header of(Members members) {
        if (!FORMAT.equals(members.textOrNull("format"))) {
            throw Members.refused("its format is not " + FORMAT);
        }
        long version = members.number("version");
        if (version != VERSION) {
            throw Members.refused("its version is " + version + ", and this release reads version " + VERSION
                    + (version > VERSION ? "; a newer release has written it" : ""));
        }
        return new Header(members.instant("exportedAt"), members.textOrNull("serpentry"));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void write(JsonGenerator json) {
        json.write("format", FORMAT).write("version", VERSION).write("exportedAt", exportedAt.toString());
        if (serpentry != null) {
            json.write("serpentry", serpentry);
        }
    }
}
