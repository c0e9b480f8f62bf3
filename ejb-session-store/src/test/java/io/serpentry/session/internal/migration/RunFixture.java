// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.placement.Migration;
import io.serpentry.placement.Migration.Progress;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionStore;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.FakePools;
import io.serpentry.session.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** A run on the test's own thread: its waits pass in the test's time, and the test acts in the midst of them. */
final class RunFixture {

    static final String ID = "mig-1";
    static final String POOL = "p";

    final ManualClock clock = new ManualClock();
    final FakeLedger ledger = new FakeLedger(clock);
    final FakePools pools = new FakePools();
    final SessionPlacements placements = new SessionPlacements();
    final Waits waits = new Waits();
    final Told told = new Told();
    SessionStore store = new InMemorySessionStore(SessionSettings.defaults(), clock);

    /** Whoever waits is given a moment in the test's time. */
    final class Waits extends Stopping {

        private static final int MOST = 5000;

        private IntConsumer action = number -> {};
        private int number;

        /** What happens in the n-th wait, counted from 1. */
        void in(IntConsumer instead) {
            action = instead;
        }

        @Override
        boolean await(Duration limit) {
            number++;
            if (number > MOST) {
                throw new AssertionError("it waits for ever; states were " + ledger.states());
            }
            clock.pass(limit);
            action.accept(number);
            return isStopping();
        }
    }

    /** What was announced. */
    static final class Told extends Announcements {

        final List<MigrationState> states = new ArrayList<>();
        final List<String> moves = new ArrayList<>();

        @Override
        void changed(Migration migration) {
            states.add(migration.state());
        }

        @Override
        void moved(Migration migration, List<MoveReceipt> receipts) {
            receipts.forEach(receipt -> moves.add(receipt.session() + " " + receipt.state()));
        }
    }

    /** Sessions s0, s1 and so on that a worker has served, each with one entry. */
    void sessions(String worker, int count) {
        IntStream.range(0, count).forEach(number -> session("s" + number, worker));
    }

    void session(String id, String worker) {
        byte[] content = ("content of " + id).getBytes(StandardCharsets.UTF_8);
        String created = store.create(Caller.SYSTEM, NewSession.durable().id(id).entry("entry", "text/plain", content))
                .id();
        placements.served(POOL, created, worker);
    }

    Migration opened(MigrationRequest request, MigrationState state) {
        MigrationPlan plan = new Planner(pools, placements).plan(request);
        Migration migration = new Migration(
                ID,
                plan.id(),
                request,
                state,
                "node1",
                "ada",
                "",
                clock.instant(),
                clock.instant(),
                null,
                new Progress(plan.moves().size(), 0, 0, 0));
        ledger.open(migration, "first start", plan.moves());
        return migration;
    }

    MigrationRun run() {
        SessionMover mover = new SessionMover(pools, placements, ApplicationSessions.warming(store), clock);
        return new MigrationRun(ID, ledger, pools, mover, told, waits, clock);
    }

    /** Opens it and carries it out. */
    Migration done(MigrationRequest request) {
        Migration opened = opened(request, MigrationState.RUNNING);
        run().run();
        return ledger.migration(opened.id());
    }

    /** How many sessions are placed at which worker. */
    Map<String, Integer> placed() {
        Map<String, Integer> placed = new TreeMap<>();
        placements.sessions(POOL).forEach((worker, sessions) -> placed.put(worker, sessions.size()));
        return placed;
    }

    List<MoveReceipt.State> receipts() {
        return ledger.moves(ID).stream().map(MoveReceipt::state).distinct().toList();
    }

    void cancel(MigrationState from) {
        if (!ledger.order(ID, from, MigrationState.ROLLING_BACK, "cancelled by ada")) {
            throw new AssertionError("it is not " + from);
        }
    }
}
