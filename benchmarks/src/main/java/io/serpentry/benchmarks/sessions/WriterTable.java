// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import static io.serpentry.benchmarks.sessions.Table.cell;

import io.serpentry.benchmarks.sessions.SessionContest.Budget;
import io.serpentry.benchmarks.sessions.SessionContest.Outcome;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionStore;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * The table of 8 writers in one session, each of which replaces an entry of its own: with the entry's version as what must not
 * have changed, and with the session's.
 */
final class WriterTable {

    private static final int WRITERS = 8;

    private final SessionDatabase database;
    private final Budget budget;

    WriterTable(SessionDatabase database, Budget budget) {
        this.database = database;
        this.budget = budget;
    }

    void write(PrintWriter out) throws Exception {
        Table table = new Table(
                out,
                database.name() + ", 8 writers, saves/s",
                "by entry",
                "by session",
                "entry / session",
                "p99 µs by entry",
                "p99 µs by session",
                "conflicts per save by session");
        for (int history : new int[] {0, SessionDatabase.HISTORY}) {
            SessionStore store = database.store(history);
            BySession bySession = new BySession(store);
            try (Crew crew = new Crew(WRITERS)) {
                Outcome outcome = new SessionContest(crew, budget).hold(List.of(new ByEntry(store), bySession));
                table.row(
                        history == 0 ? "no history" : "history of " + history,
                        cell("%.0f", outcome.perSecond(0)),
                        cell("%.0f", outcome.perSecond(1)),
                        cell("%.1f", outcome.ratioOfRates(0, 1)),
                        cell("%.0f", outcome.p99(0)),
                        cell("%.0f", outcome.p99(1)),
                        cell("%.1f", bySession.conflictsPerSave()));
            }
        }
        table.end();
    }

    private static SessionInfo created(SessionStore store) {
        NewSession session = NewSession.durable();
        for (int i = 0; i < WRITERS; i++) {
            session = session.entry("entry" + i, StoreKeeper.MEDIA_TYPE, Population.content(i));
        }
        return store.create(StoreKeeper.CALLER, session);
    }

    private static SessionDelta delta(String session, int writer, int count, long version) {
        return SessionDelta.of(session)
                .put("entry" + writer, StoreKeeper.MEDIA_TYPE, Population.content(count), version);
    }

    private static final class ByEntry implements Crew.Work {
        private final SessionStore store;
        private final String session;
        private final List<Long> versions = new ArrayList<>();

        ByEntry(SessionStore store) {
            this.store = store;
            this.session = created(store).id();
            for (int i = 0; i < WRITERS; i++) {
                versions.add(1L);
            }
        }

        @Override
        public void once(int writer, int count) {
            Saved saved = store.save(StoreKeeper.CALLER, delta(session, writer, count, versions.get(writer)));
            versions.set(writer, saved.versions().get("entry" + writer));
        }
    }

    /** Tries again at once with the revision that the refusal tells: nothing could try sooner. */
    private static final class BySession implements Crew.Work {
        private static final long ANY = -1;

        private final SessionStore store;
        private final String session;
        private final List<Long> revisions = new ArrayList<>();
        private final LongAdder saves = new LongAdder();
        private final LongAdder conflicts = new LongAdder();

        BySession(SessionStore store) {
            this.store = store;
            SessionInfo info = created(store);
            this.session = info.id();
            for (int i = 0; i < WRITERS; i++) {
                revisions.add(info.revision());
            }
        }

        @Override
        public void once(int writer, int count) {
            while (true) {
                try {
                    SessionDelta delta = delta(session, writer, count, ANY).expectedRevision(revisions.get(writer));
                    revisions.set(writer, store.save(StoreKeeper.CALLER, delta).revision());
                    saves.increment();
                    return;
                } catch (SessionConflictException e) {
                    revisions.set(writer, e.conflicts().get(0).actual());
                    conflicts.increment();
                }
            }
        }

        double conflictsPerSave() {
            return conflicts.doubleValue() / saves.doubleValue();
        }
    }
}
