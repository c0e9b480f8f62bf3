// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionState;
import io.serpentry.session.SessionView;
import io.serpentry.session.Touched;
import io.serpentry.session.internal.store.ExpiryRule;
import io.serpentry.session.internal.store.MovedSession;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredEntry;
import io.serpentry.session.internal.store.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A session at one moment. Immutable: what changes it makes another one.
 *
 * @param revision 1 at creation, and one more with each entry stored or removed and each change of the attributes
 * @param high the greatest version of an entry that was removed; 0 if none was
 * @param entries the present ones
 */
record StoredSession(
        String id,
        SessionKind kind,
        Instant createdAt,
        Attributes attributes,
        Access access,
        long revision,
        long high,
        SortedMap<String, StoredEntry> entries,
        History history) {

    /** When it was accessed last, as far as that was written, and when it expires if it is not accessed again. */
    record Access(Instant at, Instant expiresAt) {}

    boolean isExpired(Instant now) {
        return !now.isBefore(access.expiresAt());
    }

    boolean isFor(Caller caller, Instant now) {
        return !isExpired(now) && caller.sees(attributes.owner());
    }

    @Nullable
    Instant lifetimeEndsAt() {
        Duration lifetime = attributes.lifetime();
        return lifetime == null ? null : createdAt.plus(lifetime);
    }

    SessionInfo info() {
        return new SessionInfo(
                id,
                attributes.owner(),
                kind,
                quarantined() > 0 ? SessionState.DAMAGED : SessionState.ACTIVE,
                revision,
                createdAt,
                access.at(),
                access.expiresAt(),
                attributes.idleTimeout(),
                attributes.lifetime(),
                attributes.metadata(),
                entries.size(),
                charged());
    }

    SessionView view(Instant now) {
        return new SessionView(
                info(), entries.values().stream().map(StoredEntry::info).toList(), now);
    }

    MovedSession moved() {
        return new MovedSession(info(), attributes.version(), high, List.copyOf(entries.values()));
    }

    long quarantined() {
        return entries.values().stream()
                .filter(entry -> entry.quarantinedAt() != null)
                .count();
    }

    /** What its entries count for in a quota. */
    long charged() {
        return entries.values().stream()
                .mapToLong(entry -> EntryInfo.charged(entry.content().size()))
                .sum();
    }

    /** The present version of an entry, or a past one that is kept. */
    Optional<StoredEntry> version(String name, long version) {
        return Optional.ofNullable(entries.get(name))
                .filter(present -> present.version() == version)
                .or(() -> history.version(name, version));
    }

    /** The states that it can be restored to, newest first. */
    List<Timeline.State> states() {
        Stream<Timeline.Version> present = Stream.concat(Stream.of(attributes.asEntry()), entries.values().stream())
                .map(entry -> version(entry, null));
        Stream<Timeline.Version> past = history.versions().stream().map(kept -> version(kept.entry(), kept.end()));
        return Timeline.states(revision, Stream.concat(present, past).toList(), history.floor());
    }

    private static Timeline.Version version(StoredEntry entry, Timeline.@Nullable End end) {
        return new Timeline.Version(
                entry.name(), entry.version(), entry.born(), entry.change(), entry.writtenAt(), entry.writtenBy(), end);
    }

    /** After an access, which is written if it has to be. Neither last access nor expiry moves backward. */
    Step<Touched> touched(Instant now, Instant atLeast, ExpiryRule rule) {
        if (!rule.isDue(now, access.at(), attributes.idleTimeout(), access.expiresAt(), atLeast)) {
            return new Step<>(this, new Touched(Touched.Outcome.COALESCED, access.expiresAt()));
        }
        Instant wanted = rule.expiresAt(now, attributes.idleTimeout(), lifetimeEndsAt(), atLeast);
        Instant expiresAt = latest(access.expiresAt(), wanted);
        return new Step<>(
                with(new Access(latest(access.at(), now), expiresAt)), new Touched(Touched.Outcome.WRITTEN, expiresAt));
    }

    /** After an access that changed its times: the expiry may move backward. */
    StoredSession retimed(Instant now, ExpiryRule rule) {
        Instant at = latest(access.at(), now);
        return with(new Access(at, rule.expiresAt(at, attributes.idleTimeout(), lifetimeEndsAt(), Instant.EPOCH)));
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private StoredSession with(Access newAccess) {
        return new StoredSession(id, kind, createdAt, attributes, newAccess, revision, high, entries, history);
    }

    /** Without the history that is not to be kept any more. */
    StoredSession forgetting(SessionSettings settings, Instant now) {
        History kept = history.kept(settings, now);
        return new StoredSession(id, kind, createdAt, attributes, access, revision, high, entries, kept);
    }

    /** The same version of an entry in another stored form; this one, if {@code before} is not its present form. */
    StoredSession exchanged(StoredEntry before, StoredEntry after) {
        if (!before.equals(entries.get(before.name()))) {
            return this;
        }
        SortedMap<String, StoredEntry> others = new TreeMap<>(entries);
        others.put(after.name(), after);
        return new StoredSession(
                id,
                kind,
                createdAt,
                attributes,
                access,
                revision,
                high,
                Collections.unmodifiableSortedMap(others),
                history);
    }
}
