// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.calls;

import io.serpentry.session.NewSession;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.execution.SessionTraffic;
import io.serpentry.session.execution.SessionTraffic.CacheCount;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Many sessions at once. */
final class CrowdTables {

    private static final int CALLERS = 100;
    private static final int SESSIONS = 500;
    private static final int KIB = 1024;

    private final Scene scene;
    private final Duration length;
    private final int calls;
    private final int rounds;
    private final PrintWriter out;

    CrowdTables(Scene scene, boolean quick, PrintWriter out) {
        this.scene = scene;
        this.length = Duration.ofSeconds(quick ? 2 : 5);
        this.calls = quick ? 2_000 : 10_000;
        this.rounds = quick ? 1 : 3;
        this.out = out;
    }

    private List<String> sessions(NewSession kind, int count, int size) {
        return IntStream.range(0, count)
                .mapToObj(i -> scene.session(kind, size))
                .toList();
    }

    /** As many callers as sessions; each round anew, and the middle one by its rate is told. */
    void writeConcurrent() throws InterruptedException {
        out.println("| 100 callers, each in a session of its own | calls/s | p50 ms | p99 ms | calls | errors |");
        out.println("|---|---:|---:|---:|---:|---:|");
        List<String> sessions = sessions(NewSession.durable(), CALLERS, KIB);
        concurrent("warm call, 1 KiB entry read", caller -> scene.peek(sessions.get(caller)));
        concurrent("warm call that changes 1 KiB", caller -> scene.change(sessions.get(caller)));
        concurrent("echo + get", caller -> {
            scene.echo();
            scene.get(sessions.get(caller));
        });
    }

    private void concurrent(String name, Crowd.Habit habit) throws InterruptedException {
        Crowd.of(CALLERS, length, habit);
        Crowd[] crowds = new Crowd[rounds];
        for (int round = 0; round < rounds; round++) {
            crowds[round] = Crowd.of(CALLERS, length, habit);
        }
        long calls = Arrays.stream(crowds).mapToLong(crowd -> crowd.micros().length).sum();
        long errors = Arrays.stream(crowds).mapToLong(crowd -> crowd.errors().size()).sum();
        Arrays.sort(crowds, (one, other) -> Double.compare(one.perSecond(), other.perSecond()));
        Crowd middle = crowds[rounds / 2];
        out.println(String.format(
                Locale.ROOT,
                "| %s | %.0f | %.1f | %.1f | %d | %d |",
                name,
                middle.perSecond(),
                middle.millis(0.5),
                middle.millis(0.99),
                calls,
                errors));
        Arrays.stream(crowds).flatMap(crowd -> crowd.errors().stream()).findFirst().ifPresent(error -> {
            out.println();
            out.println("The first error: " + error);
        });
        out.flush();
    }

    /** Sessions that are served anywhere are temporary ones, which are not placed. */
    void writeHitRates() throws InterruptedException {
        out.println("| 500 sessions by Zipf, 8 KiB read | hits % | sent KiB per call | calls/s | errors |");
        out.println("|---|---:|---:|---:|---:|");
        for (int callers : new int[] {2, 4}) {
            for (int percent : new int[] {0, 20}) {
                String load = callers + " callers" + (percent == 0 ? "" : ", " + percent + " % change it");
                hitRate(load + ", with placement", NewSession.durable(), callers, percent);
                hitRate(load + ", placed anywhere", NewSession.temporary(), callers, percent);
            }
        }
    }

    private void hitRate(String name, NewSession kind, int callers, int percent) throws InterruptedException {
        List<String> sessions = sessions(kind, SESSIONS, 8 * KIB);
        Zipf zipf = new Zipf(SESSIONS);
        SessionTraffic traffic = ApplicationSessions.traffic();
        CacheCount before = traffic.workerCaches();
        long bytes = traffic.sent("default").bytes();
        Crowd crowd = Crowd.of(callers, calls / callers, caller -> {
            String session = sessions.get(zipf.next(ThreadLocalRandom.current()));
            if (ThreadLocalRandom.current().nextInt(100) < percent) {
                scene.change(session);
            } else {
                scene.peek(session);
            }
        });
        CacheCount after = traffic.workerCaches();
        double hits = after.hits() - before.hits();
        double misses = after.misses() - before.misses();
        out.println(String.format(
                Locale.ROOT,
                "| %s | %.1f | %.2f | %.0f | %d |",
                name,
                100 * hits / (hits + misses),
                (traffic.sent("default").bytes() - bytes) / 1024.0 / crowd.micros().length,
                crowd.perSecond(),
                crowd.errors().size()));
        out.flush();
    }

    /** The number n is drawn as often as 1 / (n + 1) says. */
    private static final class Zipf {
        private final double[] sums;

        Zipf(int count) {
            sums = new double[count];
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += 1.0 / (i + 1);
                sums[i] = sum;
            }
        }

        int next(Random random) {
            int found = Arrays.binarySearch(sums, random.nextDouble() * sums[sums.length - 1]);
            return found >= 0 ? found : -found - 1;
        }
    }
}
