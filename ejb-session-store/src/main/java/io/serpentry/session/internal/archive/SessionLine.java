// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.session.Limits;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionView;
import jakarta.json.stream.JsonGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The first line of a session.
 *
 * @param expiresAt when it ends where it comes from, if nobody uses it
 * @param lifetime null for none
 * @param entries how many lines of entries follow
 */
record SessionLine(
        String id,
        String owner,
        SessionKind kind,
        Instant createdAt,
        Instant lastAccessedAt,
        Instant expiresAt,
        Duration idleTimeout,
        @Nullable Duration lifetime,
        Map<String, String> metadata,
        long revision,
        long entries)
        implements ArchiveLine {

    static final String TYPE = "session";

    SessionLine {
        Limits.id("session id", id);
        Limits.name("owner", owner);
        Limits.duration("idleTimeout", idleTimeout);
        if (lifetime != null) {
            Limits.duration("lifetime", lifetime);
        }
        Limits.metadata(metadata);
    }

    static SessionLine of(SessionView view) {
        SessionInfo info = view.info();
        return new SessionLine(
                info.id(),
                info.owner(),
                info.kind(),
                info.createdAt(),
                info.lastAccessedAt(),
                info.expiresAt(),
                info.idleTimeout(),
                info.lifetime(),
                info.metadata(),
                info.revision(),
                view.entries().size());
    }

    static SessionLine of(Members members) {
        return new SessionLine(
                members.text("id"),
                members.text("owner"),
                kind(members.text("kind")),
                members.instant("createdAt"),
                members.instant("lastAccessedAt"),
                members.instant("expiresAt"),
                members.duration("idleTimeout"),
                members.durationOrNull("lifetime"),
                members.texts("metadata"),
                members.count("revision"),
                members.count("entries"));
    }

    private static SessionKind kind(String name) {
        for (SessionKind kind : SessionKind.values()) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        throw Members.refused("its member kind is not known");
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void write(JsonGenerator json) {
        json.write("id", id)
                .write("owner", owner)
                .write("kind", kind.name())
                .write("createdAt", createdAt.toString())
                .write("lastAccessedAt", lastAccessedAt.toString())
                .write("expiresAt", expiresAt.toString())
                .write("idleTimeout", idleTimeout.toString());
        if (lifetime != null) {
            json.write("lifetime", lifetime.toString());
        }
        json.writeStartObject("metadata");
        new TreeMap<>(metadata).forEach(json::write);
        json.writeEnd().write("revision", revision).write("entries", entries);
    }
}
