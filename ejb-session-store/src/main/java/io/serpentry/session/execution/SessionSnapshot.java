// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.session.Caller;
import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionView;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A session as a call sees it: what is stored, under what the call's transaction has staged. For one thread. */
final class SessionSnapshot {

    private final SessionServices services;
    private final Caller caller;
    private final SessionInfo info;
    private final Map<String, EntryInfo> entries = new TreeMap<>();
    /** Contents that are not in the store. */
    private final Map<String, byte[]> staged = new HashMap<>();
    /** Counters that the transaction has made: shown, though there is no such entry in the store. */
    private final Set<String> made = new HashSet<>();

    private SessionSnapshot(SessionServices services, Caller caller, SessionInfo info) {
        this.services = services;
        this.caller = caller;
        this.info = info;
    }

    /** Of a session that was just made, has no entries, and is in no transaction. */
    static SessionSnapshot empty(SessionServices services, Caller caller, SessionInfo made) {
        return new SessionSnapshot(services, caller, made);
    }

    /** @throws SessionNotFoundException if there is no such session */
    static SessionSnapshot read(SessionServices services, Caller caller, String session) {
        SessionView view = requireVisible(services, caller, session);
        SessionSnapshot snapshot = new SessionSnapshot(services, caller, view.info());
        view.entries().forEach(entry -> snapshot.entries.put(entry.name(), entry));
        StagedSessions staged = services.staged();
        StagedSession ours = staged == null ? null : staged.find(session);
        if (ours != null) {
            ours.changes().forEach(snapshot::overlay);
        }
        return snapshot;
    }

    /** As it is stored. Throws SessionNotFoundException if there is no such session for that caller. */
    static SessionView requireVisible(SessionServices services, Caller caller, String session) {
        // Not find, which answers from memory while the store can not be reached: a call is to begin with the truth.
        return services.store()
                .load(caller, session, Set.of(), Set.of())
                .orElseThrow(() -> new SessionNotFoundException(session))
                .view();
    }

    SessionInfo info() {
        return info;
    }

    List<EntryInfo> entries() {
        return List.copyOf(entries.values());
    }

    /** Null if there is none of that name. */
    @Nullable
    EntryInfo entry(String name) {
        return entries.get(name);
    }

    private void overlay(Change change) {
        if (change.entry() instanceof EntryChange.Put put && change.sha256() != null) {
            stage(put.name(), shown(put.expected()), put.mediaType(), put.content(), change.sha256(), false);
        } else if (change.entry() instanceof EntryChange.Remove) {
            entries.remove(change.name());
        } else if (change.entry() instanceof EntryChange.Increment increment) {
            overlay(increment);
        }
    }

    /** The version of a staged entry: what it is based on, but never that of an entry that does not exist. */
    private static long shown(long base) {
        return Math.max(base, 1);
    }

    /** A change as the store is to see it: what was put over a counter that it does not have yet is based on no version. */
    Change based(Change change) {
        if (change.entry() instanceof EntryChange.Put put && made.contains(put.name())) {
            return new Change(
                    new EntryChange.Put(put.name(), put.mediaType(), put.content(), EntryChange.ABSENT),
                    change.sha256());
        }
        return change;
    }

    private void overlay(EntryChange.Increment increment) {
        EntryInfo present = entries.get(increment.name());
        if (present != null && !present.counter()) {
            return;
        }
        long value = present == null ? 0 : Long.parseLong(text(present));
        byte[] content = Long.toString(value + increment.by()).getBytes(StandardCharsets.US_ASCII);
        long version = present == null ? shown(EntryChange.ABSENT) : present.version();
        if (present == null) {
            made.add(increment.name());
        }
        stage(increment.name(), version, "application/json", content, ContentDigest.of(content), true);
    }

    private String text(EntryInfo entry) {
        byte[] content = content(entry);
        return content == null ? "0" : new String(content, StandardCharsets.US_ASCII);
    }

    private void stage(String name, long version, String mediaType, byte[] content, String sha256, boolean counter) {
        staged.put(name, content);
        entries.put(
                name,
                new EntryInfo(
                        name,
                        version,
                        mediaType,
                        content.length,
                        sha256,
                        counter,
                        info.lastAccessedAt(),
                        caller.name(),
                        null));
    }

    /** Null if the store would have to be asked. */
    private byte @Nullable [] atHand(EntryInfo entry) {
        byte[] content = staged.get(entry.name());
        return content == null ? services.contents().find(entry.sha256()) : content;
    }

    private byte @Nullable [] content(EntryInfo entry) {
        return contents(Set.of(entry.name())).get(entry.name());
    }

    /**
     * The contents of the named entries, of those that exist. An entry that somebody has changed meanwhile comes in its new version.
     *
     * @throws io.serpentry.session.EntryCorruptException if the content of one can not be read
     */
    Map<String, byte[]> contents(Collection<String> names) {
        Map<String, byte[]> contents = new HashMap<>();
        Set<String> missing = new TreeSet<>();
        for (String name : names) {
            EntryInfo entry = entries.get(name);
            byte[] content = entry == null ? null : atHand(entry);
            if (content != null) {
                contents.put(name, content);
            } else if (entry != null) {
                missing.add(name);
            }
        }
        if (!missing.isEmpty()) {
            read(missing, contents);
        }
        return contents;
    }

    /** Not by way of the cache, which need not keep what it is given. */
    private void read(Set<String> names, Map<String, byte[]> contents) {
        names.forEach(entries::remove);
        for (EntryRead read : services.store().entries(caller, info.id(), names, Set.of())) {
            if (read instanceof EntryRead.Corrupt corrupt) {
                throw corrupt.failure();
            }
            entries.put(read.info().name(), read.info());
            if (read instanceof EntryRead.Content content) {
                byte[] bytes = content.toByteArray();
                contents.put(read.info().name(), bytes);
                services.contents().keep(read.info().sha256(), bytes);
            }
        }
    }
}
