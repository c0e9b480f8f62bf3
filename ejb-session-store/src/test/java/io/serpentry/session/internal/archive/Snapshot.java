// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.Limits;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What an import must keep of a session. */
public record Snapshot(
        String owner,
        SessionKind kind,
        Instant createdAt,
        Duration idleTimeout,
        Duration lifetime,
        Map<String, String> metadata,
        Map<String, Entry> entries) {

    /** What it must keep of an entry; the content is told by its digest, which the store has checked. */
    public record Entry(String mediaType, long size, String sha256, boolean counter) {}

    /** Of all sessions by id; entries that can not be read are left out. */
    public static Map<String, Snapshot> of(SessionStore store) {
        Map<String, Snapshot> sessions = new TreeMap<>();
        SessionQuery query = SessionQuery.all();
        while (true) {
            SessionPage page = store.page(Caller.SYSTEM, query);
            page.items().forEach(info -> sessions.put(info.id(), of(store, info.id())));
            if (page.next() == null) {
                return sessions;
            }
            query = query.cursor(page.next());
        }
    }

    static Snapshot of(SessionStore store, String session) {
        SessionView view = store.find(Caller.SYSTEM, session).orElseThrow();
        Set<String> names = view.entries().stream().map(EntryInfo::name).collect(Collectors.toSet());
        Map<String, Entry> entries = new TreeMap<>();
        for (EntryRead read : entries(store, session, names)) {
            if (read instanceof EntryRead.Content content) {
                EntryInfo entry = content.info();
                entries.put(entry.name(), new Entry(entry.mediaType(), entry.size(), entry.sha256(), entry.counter()));
            }
        }
        SessionInfo info = view.info();
        return new Snapshot(
                info.owner(),
                info.kind(),
                info.createdAt(),
                info.idleTimeout(),
                info.lifetime(),
                info.metadata(),
                entries);
    }

    /** As many as can be asked for at once, until there are all. */
    private static List<EntryRead> entries(SessionStore store, String session, Set<String> names) {
        List<EntryRead> entries = new ArrayList<>();
        List<String> rest = new ArrayList<>(names);
        while (!rest.isEmpty()) {
            List<String> some = rest.subList(0, Math.min(rest.size(), Limits.CHANGES));
            entries.addAll(store.entries(Caller.SYSTEM, session, Set.copyOf(some), Set.of()));
            some.clear();
        }
        return entries;
    }
}
