// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a session is created with. Immutable; each method gives a new one.
 *
 * @param id up to 128 letters, digits and {@code . _ : ~ @ -}; null for a generated one with 128 random bits
 * @param owner null for the caller; only an operator may name another
 * @param idleTimeout null for the configured one
 * @param lifetime null for the configured one, which may be none
 * @param createdAt null for now; only an operator may give another, which must lie in the past
 * @param entries stored together with the session, at most 1,000
 */
public record NewSession(
        @Nullable String id,
        @Nullable String owner,
        SessionKind kind,
        @Nullable Duration idleTimeout,
        @Nullable Duration lifetime,
        @Nullable Instant createdAt,
        Map<String, String> metadata,
        List<EntryChange.Put> entries) {

    public NewSession {
        if (id != null) {
            Limits.id("session id", id);
        }
        if (owner != null) {
            Limits.name("owner", owner);
        }
        if (idleTimeout != null) {
            Limits.duration("idleTimeout", idleTimeout);
        }
        if (lifetime != null) {
            Limits.duration("lifetime", lifetime);
        }
        metadata = Map.copyOf(metadata);
        Limits.metadata(metadata);
        entries = List.copyOf(entries);
        Limits.atMost("number of entries", entries.size(), Limits.CHANGES);
        SessionDelta.requireOneChangeEach(entries);
    }

    public static NewSession durable() {
        return new NewSession(null, null, SessionKind.DURABLE, null, null, null, Map.of(), List.of());
    }

    public static NewSession temporary() {
        return new NewSession(null, null, SessionKind.TEMPORARY, null, null, null, Map.of(), List.of());
    }

    public NewSession id(String value) {
        return new NewSession(value, owner, kind, idleTimeout, lifetime, createdAt, metadata, entries);
    }

    public NewSession owner(String value) {
        return new NewSession(id, value, kind, idleTimeout, lifetime, createdAt, metadata, entries);
    }

    public NewSession idleTimeout(@Nullable Duration value) {
        return new NewSession(id, owner, kind, value, lifetime, createdAt, metadata, entries);
    }

    public NewSession lifetime(@Nullable Duration value) {
        return new NewSession(id, owner, kind, idleTimeout, value, createdAt, metadata, entries);
    }

    public NewSession createdAt(Instant value) {
        return new NewSession(id, owner, kind, idleTimeout, lifetime, value, metadata, entries);
    }

    /** One more key. */
    public NewSession metadata(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(metadata);
        more.put(key, value);
        return new NewSession(id, owner, kind, idleTimeout, lifetime, createdAt, more, entries);
    }

    /** One more entry. The bytes are not copied. */
    public NewSession entry(String name, String mediaType, byte[] content) {
        EntryChange.Put put = new EntryChange.Put(name, mediaType, content, EntryChange.ABSENT);
        List<EntryChange.Put> more =
                Stream.concat(entries.stream(), Stream.of(put)).toList();
        return new NewSession(id, owner, kind, idleTimeout, lifetime, createdAt, metadata, more);
    }
}
