// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The calls of a store, from what was drawn at random. */
final class Operations {

    private Operations() {}

    /** What a session begins with. */
    record Initial(Map<String, String> metadata, Map<String, Bytes> entries) {}

    private static Operation call(String text, Function<SessionStore, Object> call) {
        return new Operation.Call(text, model -> call);
    }

    private static String name(Caller caller) {
        return caller.name();
    }

    static Operation create(
            Caller caller,
            String id,
            SessionKind kind,
            @Nullable String owner,
            @Nullable Duration idleTimeout,
            @Nullable Duration lifetime,
            @Nullable Duration age,
            Initial initial) {
        String text = name(caller) + " creates " + id + " " + kind
                + (owner == null ? "" : " for " + owner)
                + (idleTimeout == null ? "" : " idle " + idleTimeout)
                + (lifetime == null ? "" : " lifetime " + lifetime)
                + (age == null ? "" : " created " + age + " ago")
                + (initial.metadata().isEmpty() ? "" : " " + initial.metadata())
                + (initial.entries().isEmpty() ? "" : " " + initial.entries());
        List<EntryChange.Put> puts = new TreeMap<>(initial.entries())
                .entrySet().stream()
                        .map(entry -> new EntryChange.Put(
                                entry.getKey(), "text/plain", entry.getValue().content(), EntryChange.ABSENT))
                        .toList();
        return new Operation.Call(text, model -> {
            Instant createdAt = age == null ? null : model.now().minus(age);
            NewSession session =
                    new NewSession(id, owner, kind, idleTimeout, lifetime, createdAt, initial.metadata(), puts);
            return store -> store.create(caller, session);
        });
    }

    static Operation save(
            Caller caller,
            String id,
            Map<String, Change> changes,
            AttributeChange attributes,
            Change.Expected revision,
            Map<String, Change.Expected> reads) {
        String text = name(caller) + " saves " + id + " " + new TreeMap<>(changes)
                + (attributes.isNone() ? "" : " " + text(attributes))
                + (revision == Change.Expected.ANY ? "" : " revision " + revision)
                + (reads.isEmpty() ? "" : " read " + reads);
        return new Operation.Call(text, model -> {
            ModelSession session = model.seen(Caller.SYSTEM, id);
            List<EntryChange> bound = new ArrayList<>();
            new TreeMap<>(changes).forEach((name, change) -> bound.add(change.bound(name, version(session, name))));
            Map<String, Long> versions = new HashMap<>();
            reads.forEach((name, seen) -> versions.put(name, Math.max(0, seen.version(version(session, name)))));
            long expected = Math.max(0, revision.version(session == null ? 0 : session.revision));
            SessionDelta delta = new SessionDelta(id, bound, attributes, expected, versions);
            return store -> store.save(caller, delta);
        });
    }

    private static long version(@Nullable ModelSession session, String name) {
        return session == null ? 0 : session.version(name);
    }

    private static String text(AttributeChange change) {
        return "attributes"
                + (change.owner() == null ? "" : " owner " + change.owner())
                + (change.idleTimeout() == null ? "" : " idle " + change.idleTimeout())
                + (change.lifetime() == null ? "" : " lifetime " + change.lifetime())
                + (change.metadata().isEmpty() ? "" : " " + change.metadata())
                + (change.metadataRemoved().isEmpty() ? "" : " without " + change.metadataRemoved());
    }

    static Operation delete(Caller caller, String id) {
        return call(name(caller) + " deletes " + id, store -> store.delete(caller, id));
    }

    /** @param back how far below the present revision */
    static Operation restore(Caller caller, String id, int back) {
        return new Operation.Call(name(caller) + " restores " + id + " by " + back, model -> {
            ModelSession session = model.seen(Caller.SYSTEM, id);
            long revision = session == null ? 1 : session.revision - back;
            return store -> store.restore(caller, id, revision);
        });
    }

    /** @param back how far below the greatest version that the entry has had */
    static Operation restoreEntry(Caller caller, String id, String name, int back) {
        return new Operation.Call(name(caller) + " restores " + name + " of " + id + " by " + back, model -> {
            long version = greatest(model.seen(Caller.SYSTEM, id), name) - back;
            return store -> store.restoreEntry(caller, id, name, version);
        });
    }

    private static long greatest(@Nullable ModelSession session, String name) {
        if (session == null) {
            return 1;
        }
        long past = session.ended.stream()
                .filter(ended -> ended.name().equals(name))
                .mapToLong(ModelSession.Ended::version)
                .max()
                .orElse(0);
        return Math.max(past, session.version(name));
    }

    static Operation find(Caller caller, String id) {
        return call(name(caller) + " finds " + id, store -> store.find(caller, id));
    }

    static Operation entries(Caller caller, String id, Set<String> names, Set<String> known) {
        return new Operation.Call(name(caller) + " reads " + names + " of " + id + ", knows " + known, model -> {
            ModelSession session = model.seen(Caller.SYSTEM, id);
            Set<String> digests = session == null
                    ? Set.of()
                    : session.entries.values().stream()
                            .filter(entry -> known.contains(entry.name()))
                            .map(entry -> entry.value().sha256())
                            .collect(Collectors.toSet());
            return store -> store.entries(caller, id, names, digests);
        });
    }

    /** Of a present state that came of a removal whose version is not kept, the number alone is known. */
    static Operation revisions(Caller caller, String id) {
        return new Operation.Call(name(caller) + " asks for the revisions of " + id, model -> {
            ModelSession session = model.seen(caller, id);
            boolean known = session == null
                    || session.knowsRemovals(session.moments.get(session.moments.size() - 1), model.kept(session));
            return store -> {
                List<SessionRevision> told = store.revisions(caller, id);
                return known ? told : List.of(told.get(0).revision(), told.subList(1, told.size()));
            };
        });
    }

    static Operation version(Caller caller, String id, String name, int back) {
        return new Operation.Call(name(caller) + " reads " + name + " of " + id + " of " + back + " before", model -> {
            long version = greatest(model.seen(Caller.SYSTEM, id), name) - back;
            return store -> store.version(caller, id, name, version);
        });
    }

    static Operation statistics(Caller caller) {
        return call(name(caller) + " counts", store -> store.statistics(caller));
    }

    /** All pages of a list. */
    static Operation page(Caller caller, SessionQuery query) {
        return call(name(caller) + " lists " + query, store -> {
            List<List<?>> pages = new ArrayList<>();
            SessionQuery next = query;
            while (next != null) {
                SessionPage page = store.page(caller, next);
                pages.add(page.items());
                next = page.next() == null ? null : query.cursor(page.next());
            }
            return pages;
        });
    }

    /** @param later null for no such wish */
    static Operation touch(Caller caller, String id, @Nullable Duration later) {
        return new Operation.Call(name(caller) + " touches " + id + (later == null ? "" : " for " + later), model -> {
            Instant atLeast = later == null ? Instant.EPOCH : model.now().plus(later);
            return store -> store.touch(caller, id, atLeast);
        });
    }

    static Operation expireDue(int limit) {
        return call("expire " + limit, store -> store.expireDue(limit));
    }
}
