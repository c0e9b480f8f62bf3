// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.outside;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;

/** The table of worker starts: from asking for a connection to the first answer. */
final class StartTable {

    private static final int COUNT = 100_000;
    private static final long LONGEST_END_NANOS = 10_000_000_000L;

    private final int starts;
    private final PythonConnectionFactory fork;
    private final PythonConnectionFactory cold;

    StartTable(PythonConnectionFactory fork, PythonConnectionFactory cold, int starts) {
        this.fork = fork;
        this.cold = cold;
        this.starts = starts;
    }

    /** Starts workers of both kinds in turn; the first of each also starts its fork server and is told apart. */
    void write(PrintWriter out) throws InterruptedException {
        double firstFork = start(fork);
        double firstCold = start(cold);
        double[] forks = new double[starts];
        double[] colds = new double[starts];
        for (int i = 0; i < starts; i++) {
            forks[i] = start(fork);
            colds[i] = start(cold);
        }
        out.println("| start to first answer, ms | median of " + starts + " | best | the first, with the fork server |");
        out.println("|---|---:|---:|---:|");
        row(out, "fork, numpy preloaded", forks, firstFork);
        row(out, "cold (`start=spawn`), numpy imported by the module", colds, firstCold);
        out.printf(Locale.ROOT, "%ncold / fork: %.0f%n", median(colds) / median(forks));
        out.flush();
    }

    private static void row(PrintWriter out, String name, double[] millis, double first) {
        double best = Arrays.stream(millis).min().orElseThrow();
        out.printf(Locale.ROOT, "| %s | %.2f | %.2f | %.0f |%n", name, median(millis), best, first);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** One start in milliseconds; the worker is gone when it returns. */
    private static double start(PythonConnectionFactory python) throws InterruptedException {
        long begin = System.nanoTime();
        long end;
        try (PythonConnection connection = python.getConnection()) {
            connection.call("numeric.total").argument("count", COUNT).returning(Double.class);
            end = System.nanoTime();
        }
        while (!python.pool().workers().isEmpty()) {
            if (System.nanoTime() - end > LONGEST_END_NANOS) {
                throw new IllegalStateException("a worker does not end: " + python.pool().workers());
            }
            Thread.sleep(1);
        }
        return (end - begin) / 1e6;
    }
}
