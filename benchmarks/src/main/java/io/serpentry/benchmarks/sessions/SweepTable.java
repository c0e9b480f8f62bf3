// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import static io.serpentry.benchmarks.sessions.Table.cell;

import io.serpentry.session.SessionStore;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The table of sweeps: as many expired sessions alone and among ten times as many, and what others notice of it. */
final class SweepTable {

    /** Sessions that the sweeper removes at a time. */
    static final int BATCH = 500;

    private static final int ROUNDS = 3;
    private static final int LIVE_THREADS = 4;
    private static final int AMONG = 10;

    /** Makes an empty database. */
    interface Opener {
        SessionDatabase open() throws Exception;
    }

    private final Opener opener;
    private final int expired;

    SweepTable(Opener opener, int expired) {
        this.opener = opener;
        this.expired = expired;
    }

    private record Live(Latencies without, Latencies with, double seconds) {}

    void write(PrintWriter out) throws Exception {
        List<Double> alone = new ArrayList<>();
        List<Double> among = new ArrayList<>();
        List<Live> lives = new ArrayList<>();
        try (SessionDatabase small = opener.open();
                SessionDatabase large = opener.open()) {
            new BulkSessions(large).insertLive((AMONG - 1) * expired);
            Population population = new Population(
                    new StoreKeeper("live", large.store(SessionDatabase.HISTORY)), Population.USUAL_SIZE);
            for (int round = 0; round < ROUNDS; round++) {
                prepare(small);
                prepare(large);
                boolean smallFirst = round % 2 == 0;
                double first = sweep(smallFirst ? small : large);
                double second = sweep(smallFirst ? large : small);
                alone.add(smallFirst ? first : second);
                among.add(smallFirst ? second : first);
                prepare(large);
                lives.add(live(large, population));
            }
            report(out, small.name(), alone, among, lives);
        }
    }

    private void prepare(SessionDatabase database) throws Exception {
        BulkSessions bulk = new BulkSessions(database);
        bulk.insertExpired(expired);
        bulk.settle();
    }

    private double sweep(SessionDatabase database) {
        SessionStore store = database.store(SessionDatabase.HISTORY);
        long begin = System.nanoTime();
        int swept = 0;
        int batch;
        do {
            batch = store.expireDue(BATCH);
            swept += batch;
        } while (batch == BATCH);
        if (swept != expired) {
            throw new IllegalStateException(swept + " sessions were swept, not " + expired);
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private Live live(SessionDatabase database, Population population) throws Exception {
        ExecutorService sweeper = Executors.newSingleThreadExecutor();
        try (Crew crew = new Crew(LIVE_THREADS)) {
            Crew.Work work = population.work(Operation.UPDATE, crew);
            crew.work(Duration.ofSeconds(1), work);
            Latencies before = crew.work(Duration.ofSeconds(1), work);
            Future<Double> sweep = sweeper.submit(() -> sweep(database));
            Latencies with = crew.workWhile(() -> !sweep.isDone(), work);
            Latencies after = crew.work(Duration.ofSeconds(1), work);
            return new Live(Latencies.of(List.of(before, after)), with, sweep.get());
        } finally {
            sweeper.shutdownNow();
        }
    }

    private void report(PrintWriter out, String name, List<Double> alone, List<Double> among, List<Live> lives) {
        Table table = new Table(
                out,
                name + ", sweep of " + expired,
                "alone, s",
                "among " + AMONG * expired + ", s",
                "among / alone",
                "under load, s",
                "live p99 without, µs",
                "with, µs",
                "with / without",
                "longest with, ms");
        for (int round = 0; round < ROUNDS; round++) {
            Live live = lives.get(round);
            table.row(
                    "round " + (round + 1),
                    cell("%.2f", alone.get(round)),
                    cell("%.2f", among.get(round)),
                    cell("%.2f", among.get(round) / alone.get(round)),
                    cell("%.2f", live.seconds()),
                    cell("%.0f", live.without().micros(0.99)),
                    cell("%.0f", live.with().micros(0.99)),
                    cell("%.2f", live.with().micros(0.99) / live.without().micros(0.99)),
                    cell("%.0f", live.with().micros(1) / 1e3));
        }
        table.end();
    }
}
