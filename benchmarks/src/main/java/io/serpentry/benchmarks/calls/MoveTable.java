// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.calls;

import io.serpentry.connector.PythonPool;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.Migrations;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** How fast sessions are moved from worker to worker, and what that costs the calls that are made in them meanwhile. */
final class MoveTable {

    private static final int CALLERS = 2;
    private static final int KIB = 1024;
    private static final long LOOK_NANOS = Duration.ofMillis(5).toNanos();
    private static final Caller OPERATOR = Caller.operator("benchmark");

    private final Scene scene;
    private final Migrations migrations;
    private final List<String> workers;
    private final String pool;
    private final List<String> sessions;
    private final Duration length;
    private final PrintWriter out;
    private int turn;

    MoveTable(Scene scene, Migrations migrations, PythonPool pool, boolean quick, PrintWriter out) {
        this.scene = scene;
        this.migrations = migrations;
        this.pool = pool.name();
        this.workers = pool.workers().stream().map(worker -> worker.id()).toList();
        this.length = Duration.ofSeconds(quick ? 3 : 20);
        this.out = out;
        this.sessions = IntStream.range(0, quick ? 1_000 : 10_000)
                .mapToObj(i -> scene.session(NewSession.durable(), KIB))
                .toList();
    }

    void write() throws Exception {
        for (String session : sessions) {
            scene.peek(session);
        }
        Moved warmUp = moved();
        out.println(String.format(
                Locale.ROOT,
                "| %d callers in %d sessions with 1 KiB | sessions moved/s | calls/s | p50 ms | p99 ms | p99 / alone | errors |",
                CALLERS,
                sessions.size()));
        out.println("|---|---:|---:|---:|---:|---:|---:|");
        Crowd alone = Crowd.of(CALLERS, length, caller -> peek());
        row("calls alone", Double.NaN, alone, alone);
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Moved> moving = CompletableFuture.supplyAsync(() -> movedUntil(stop));
        Crowd under = Crowd.of(CALLERS, length, caller -> peek());
        stop.set(true);
        row("while all are moved to and fro", moving.get().perSecond(), under, alone);
        Moved quiet = moved();
        out.println(String.format(
                Locale.ROOT, "| moved without calls | %.0f | | | | | |", Math.max(quiet.perSecond(), warmUp.perSecond())));
        out.flush();
    }

    private void peek() throws Exception {
        scene.peek(sessions.get(ThreadLocalRandom.current().nextInt(sessions.size())));
    }

    private void row(String name, double moved, Crowd crowd, Crowd alone) {
        out.println(String.format(
                Locale.ROOT,
                "| %s | %s | %.0f | %.2f | %.2f | %.2f | %d |",
                name,
                Double.isNaN(moved) ? "" : String.format(Locale.ROOT, "%.0f", moved),
                crowd.perSecond(),
                crowd.millis(0.5),
                crowd.millis(0.99),
                crowd.millis(0.99) / alone.millis(0.99),
                crowd.errors().size()));
        out.flush();
    }

    private record Moved(int sessions, Duration took) {
        double perSecond() {
            return sessions * 1e9 / Math.max(1, took.toNanos());
        }
    }

    private Moved movedUntil(AtomicBoolean stop) {
        Moved all = new Moved(0, Duration.ZERO);
        while (!stop.get()) {
            Moved more = moved();
            all = new Moved(all.sessions() + more.sessions(), all.took().plus(more.took()));
        }
        return all;
    }

    /** All sessions to the next worker. */
    private Moved moved() {
        long begun = System.nanoTime();
        String target = workers.get(turn++ % workers.size());
        Migration migration =
                migrations.start(OPERATOR, MigrationRequest.rebalance(pool, Map.of(target, 1)), null);
        Migration now = migration;
        while (!now.state().isTerminal()) {
            LockSupport.parkNanos(LOOK_NANOS);
            now = migrations.find(migration.id()).orElseThrow();
        }
        if (now.state() != MigrationState.DONE) {
            throw new IllegalStateException(now.outcome());
        }
        return new Moved(now.progress().moved(), Duration.ofNanos(System.nanoTime() - begun));
    }
}
