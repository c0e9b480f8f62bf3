// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.Choice;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionView;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A session as REST shows it.
 *
 * @param entries left out in lists and of a session that was just created
 * @param readAt when the store was read; left out with {@code entries}
 */
@JsonbPropertyOrder({
    "id",
    "owner",
    "kind",
    "state",
    "revision",
    "operations",
    "createdAt",
    "lastAccessedAt",
    "expiresAt",
    "idleTimeout",
    "lifetime",
    "metadata",
    "entryCount",
    "bytes",
    "entries",
    "readAt"
})
public record SessionDocument(
        String id,
        String owner,
        String kind,
        String state,
        long revision,
        long operations,
        Instant createdAt,
        Instant lastAccessedAt,
        Instant expiresAt,
        Duration idleTimeout,
        @Nullable Duration lifetime,
        Map<String, String> metadata,
        int entryCount,
        long bytes,
        @Nullable List<Entry> entries,
        @Nullable Instant readAt)
        implements Answer {

    /** An entry without its content. */
    @JsonbPropertyOrder({
        "name",
        "mediaType",
        "size",
        "version",
        "sha256",
        "counter",
        "writtenAt",
        "writtenBy",
        "quarantinedAt"
    })
    public record Entry(
            String name,
            String mediaType,
            long size,
            long version,
            String sha256,
            boolean counter,
            Instant writtenAt,
            String writtenBy,
            @Nullable Instant quarantinedAt)
            implements Answer {

        static Entry of(EntryInfo info) {
            return new Entry(
                    info.name(),
                    info.mediaType(),
                    info.size(),
                    info.version(),
                    info.sha256(),
                    info.counter(),
                    info.writtenAt(),
                    info.writtenBy(),
                    info.quarantinedAt());
        }
    }

    static SessionDocument of(SessionInfo info) {
        return of(info, null, null);
    }

    static SessionDocument of(SessionView view) {
        return of(view.info(), view.entries().stream().map(Entry::of).toList(), view.readAt());
    }

    private static SessionDocument of(SessionInfo info, @Nullable List<Entry> entries, @Nullable Instant readAt) {
        return new SessionDocument(
                info.id(),
                info.owner(),
                Choice.text(info.kind()),
                Choice.text(info.state()),
                info.revision(),
                info.operations(),
                info.createdAt(),
                info.lastAccessedAt(),
                info.expiresAt(),
                info.idleTimeout(),
                info.lifetime(),
                new TreeMap<>(info.metadata()),
                info.entryCount(),
                info.bytes(),
                entries,
                readAt);
    }
}
