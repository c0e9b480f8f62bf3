// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A session with all that ever was in it. */
final class ModelSession {

    final String id;
    final SessionKind kind;
    final Instant createdAt;
    String owner;
    Duration idleTimeout;

    @Nullable
    Duration lifetime;

    Map<String, String> metadata;
    Instant lastAccessedAt;
    Instant expiresAt;
    long revision;
    /** The greatest version of an entry that was removed. */
    long high;

    TreeMap<String, ModelEntry> entries = new TreeMap<>();
    /** How often the attributes were changed. */
    long attributes;
    /** Every state that it was saved in, oldest first. */
    List<Moment> moments = new ArrayList<>();
    /** Every version that is not present any more, in the order in which they were replaced or removed. */
    List<Ended> ended = new ArrayList<>();

    /** @param versions of the entries; that of the attributes has an empty name */
    record Moment(SessionRevision revision, Map<String, Long> versions) {}

    /** @param entry the attributes have none */
    record Ended(
            String name, long version, Instant at, @Nullable ModelEntry entry) {}

    ModelSession(
            String id,
            SessionKind kind,
            Instant createdAt,
            String owner,
            Duration idleTimeout,
            @Nullable Duration lifetime,
            Map<String, String> metadata,
            Instant now) {
        this.id = id;
        this.kind = kind;
        this.createdAt = createdAt;
        this.owner = owner;
        this.idleTimeout = idleTimeout;
        this.lifetime = lifetime;
        this.metadata = metadata;
        this.lastAccessedAt = now;
        this.expiresAt = now;
    }

    ModelSession copy() {
        ModelSession copy =
                new ModelSession(id, kind, createdAt, owner, idleTimeout, lifetime, metadata, lastAccessedAt);
        copy.expiresAt = expiresAt;
        copy.revision = revision;
        copy.high = high;
        copy.entries = new TreeMap<>(entries);
        copy.attributes = attributes;
        copy.moments = new ArrayList<>(moments);
        copy.ended = new ArrayList<>(ended);
        return copy;
    }

    boolean isFor(Caller caller, Instant now) {
        return now.isBefore(expiresAt) && (caller.operator() || caller.name().equals(owner));
    }

    long charged() {
        return entries.values().stream()
                .mapToLong(entry -> entry.value().charged())
                .sum();
    }

    long version(String name) {
        ModelEntry entry = entries.get(name);
        return entry == null ? 0 : entry.version();
    }

    SessionInfo info() {
        return new SessionInfo(
                id,
                owner,
                kind,
                SessionState.ACTIVE,
                revision,
                createdAt,
                lastAccessedAt,
                expiresAt,
                idleTimeout,
                lifetime,
                metadata,
                entries.size(),
                charged());
    }

    /** Notes the present state as one that may be asked for later. */
    void remember(Instant at, String by, List<SessionRevision.Change> changes) {
        Map<String, Long> versions = new HashMap<>();
        entries.values().forEach(entry -> versions.put(entry.name(), entry.version()));
        versions.put("", attributes);
        moments.add(new Moment(new SessionRevision(revision, at, by, changes), versions));
    }

    /** The newest {@code count} past versions of each name that ended at {@code oldest} or later. */
    List<Ended> kept(int count, Instant oldest) {
        Map<String, Integer> newer = new HashMap<>();
        List<Ended> kept = new ArrayList<>();
        for (int i = ended.size() - 1; i >= 0; i--) {
            Ended past = ended.get(i);
            if (newer.merge(past.name(), 1, Integer::sum) <= count && !past.at().isBefore(oldest)) {
                kept.add(past);
            }
        }
        return kept;
    }

    /** A version, if it is the present one or among those. */
    Optional<ModelEntry> version(String name, long version, List<Ended> kept) {
        if (version(name) == version) {
            return Optional.ofNullable(entries.get(name));
        }
        return kept.stream()
                .filter(past -> past.name().equals(name) && past.version() == version)
                .findFirst()
                .map(Ended::entry);
    }

    /**
     * The present state and those before it, newest first, as far as every version in them is kept. An earlier state is told
     * only if what its save removed is kept too: otherwise nothing tells of that save.
     */
    List<Moment> told(List<Ended> kept) {
        List<Moment> told = new ArrayList<>();
        for (int i = moments.size() - 1; i >= 0; i--) {
            Moment moment = moments.get(i);
            boolean present = i == moments.size() - 1;
            if (!present && !(isWhole(moment, kept) && knowsRemovals(moment, kept))) {
                return told;
            }
            told.add(moment);
        }
        return told;
    }

    private boolean isWhole(Moment moment, List<Ended> kept) {
        return moment.versions().entrySet().stream().allMatch(one -> isKept(one.getKey(), one.getValue(), kept));
    }

    boolean knowsRemovals(Moment moment, List<Ended> kept) {
        return moment.revision().changes().stream()
                .filter(SessionRevision.Change::removed)
                .allMatch(change -> isKept(change.name(), change.version(), kept));
    }

    private boolean isKept(String name, long version, List<Ended> kept) {
        long present = name.isEmpty() ? attributes : version(name);
        return version == present
                || kept.stream().anyMatch(past -> past.name().equals(name) && past.version() == version);
    }
}
