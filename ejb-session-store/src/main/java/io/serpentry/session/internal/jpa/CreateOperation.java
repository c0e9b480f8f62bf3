// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.ForbiddenException;
import io.serpentry.session.Limits;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.internal.store.ExpiryRule;
import io.serpentry.session.internal.store.MovedSession;
import io.serpentry.session.internal.store.SessionIds;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Creates a session with its first entries, in a transaction. */
final class CreateOperation {

    private final SessionTable sessions;
    private final Removal removal;
    private final EntryWriter writer;
    private final OwnerQuota owners;
    private final SessionSettings settings;
    private final ExpiryRule expiry;

    CreateOperation(SessionTable sessions, Removal removal, SessionSettings settings, ExpiryRule expiry) {
        this.sessions = sessions;
        this.removal = removal;
        this.writer = new EntryWriter(settings);
        this.owners = new OwnerQuota(sessions, settings);
        this.settings = settings;
        this.expiry = expiry;
    }

    SessionInfo run(
            Connection connection, Caller caller, NewSession request, Map<String, StoredContent> contents, Instant now)
            throws SQLException {
        SessionRecord session = session(caller, request, contents, now);
        writer.requireQuota(session.entries(0, 0, 0, 0, 0), session);
        owners.requireRoom(connection, session.owner(), now);
        long change = inserted(connection, caller, session, now);
        List<StoredEntry> entries = request.entries().stream()
                .map(put -> entry(put, contents, change, now, caller))
                .toList();
        EntryTable.insert(connection, session.id(), entries);
        return session.info(entries.size(), false);
    }

    /** A session that was in another store, with the revision and the versions that it had there. */
    SessionInfo adopt(Connection connection, Caller caller, MovedSession moved, Instant now) throws SQLException {
        SessionInfo info = moved.info();
        long versions = moved.entries().stream().mapToLong(StoredEntry::version).sum();
        SessionRecord session = new SessionRecord(
                info.id(),
                info.owner(),
                info.kind(),
                info.createdAt(),
                info.lastAccessedAt(),
                info.expiresAt(),
                info.idleTimeout(),
                info.lifetime(),
                info.metadata(),
                info.revision() - moved.structure() - versions,
                moved.structure(),
                moved.high(),
                0,
                moved.entries().size(),
                info.bytes());
        Removal.remove(connection, info.id());
        long change = inserted(connection, caller, session, now);
        EntryTable.insert(
                connection,
                session.id(),
                moved.entries().stream().map(entry -> entry.writtenIn(change)).toList());
        return session.info(versions, false);
    }

    private long inserted(Connection connection, Caller caller, SessionRecord session, Instant now)
            throws SQLException {
        Optional<Long> change = sessions.insert(connection, session, caller);
        if (change.isEmpty()) {
            removeIfExpired(connection, session.id(), now);
            change = sessions.insert(connection, session, caller);
        }
        return change.orElseThrow(() -> new SessionExistsException(session.id()));
    }

    private SessionRecord session(Caller caller, NewSession request, Map<String, StoredContent> contents, Instant now) {
        String owner = Optional.ofNullable(request.owner()).orElse(caller.name());
        requireAllowed(
                caller, request, owner, Optional.ofNullable(request.createdAt()).orElse(now), now);
        Instant createdAt = Optional.ofNullable(request.createdAt())
                .map(at -> at.truncatedTo(ChronoUnit.MILLIS))
                .orElse(now);
        Duration lifetime = Optional.ofNullable(request.lifetime())
                .map(value -> value.truncatedTo(ChronoUnit.MILLIS))
                .orElse(settings.lifetime());
        if (lifetime != null && !createdAt.plus(lifetime).isAfter(now)) {
            throw Limits.refused(
                    "lifetime",
                    "after now",
                    "A session created at " + createdAt + " with a lifetime of " + lifetime + " is over");
        }
        boolean temporary = request.kind() == SessionKind.TEMPORARY;
        Duration idleTimeout = Optional.ofNullable(request.idleTimeout())
                .map(value -> value.truncatedTo(ChronoUnit.MILLIS))
                .orElse(temporary ? settings.temporaryIdleTimeout() : settings.idleTimeout());
        int entries = request.entries().size();
        long charged = contents.values().stream()
                .mapToLong(content -> EntryInfo.charged(content.size()))
                .sum();
        SessionRecord session = new SessionRecord(
                Optional.ofNullable(request.id()).orElseGet(() -> SessionIds.generated(temporary ? "temp_" : "s")),
                owner,
                request.kind(),
                createdAt,
                now,
                now,
                idleTimeout,
                lifetime,
                request.metadata(),
                -entries,
                1,
                0,
                0,
                entries,
                charged);
        return session.touched(expiry, now);
    }

    private static void requireAllowed(
            Caller caller, NewSession request, String owner, Instant createdAt, Instant now) {
        if (!caller.operator() && !owner.equals(caller.name())) {
            throw new ForbiddenException("Only an operator may create a session for another owner");
        }
        if (!caller.operator() && request.createdAt() != null) {
            throw new ForbiddenException("Only an operator may say when a session was created");
        }
        if (createdAt.isAfter(now) || createdAt.isBefore(Instant.EPOCH)) {
            throw Limits.refused(
                    "createdAt",
                    "1970 to now",
                    "A session can not have been created at " + createdAt + ": it is " + now);
        }
    }

    /** What has expired does not exist, but its row is still there until it is swept. */
    private void removeIfExpired(Connection connection, String id, Instant now) throws SQLException {
        boolean expired = removal.lock(connection, id)
                .filter(row -> !now.isBefore(row.expiresAt()))
                .isPresent();
        if (expired) {
            Outbox.announce(connection, List.of(id), SessionEnded.Reason.EXPIRED, now);
            Removal.remove(connection, id);
        }
    }

    private static StoredEntry entry(
            EntryChange.Put put, Map<String, StoredContent> contents, long change, Instant now, Caller caller) {
        StoredContent content = Objects.requireNonNull(contents.get(put.name()));
        return new StoredEntry(put.name(), 1, 1, change, now, caller.name(), put.mediaType(), null, content, null);
    }
}
