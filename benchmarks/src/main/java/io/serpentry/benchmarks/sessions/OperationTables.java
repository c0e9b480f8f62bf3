// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import static io.serpentry.benchmarks.sessions.Table.cell;

import io.serpentry.benchmarks.sessions.SessionContest.Budget;
import io.serpentry.benchmarks.sessions.SessionContest.Outcome;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** The tables of operations on one database: times and their ratios, then rates. */
final class OperationTables {

    private static final int[] THREADS = {1, 4, 16};
    private static final int FLOOR = 0;
    private static final int SPRING = 1;
    private static final int OURS = 2;
    private static final int HISTORY = 3;

    private final SessionDatabase database;
    private final Budget budget;

    OperationTables(SessionDatabase database, Budget budget) {
        this.database = database;
        this.budget = budget;
    }

    void write(PrintWriter out) throws Exception {
        List<Population> populations = new ArrayList<>();
        for (Keeper keeper : database.keepers()) {
            populations.add(new Population(keeper, Population.USUAL_SIZE));
        }
        database.execute("analyze");
        Table times = table(out, "p50 / p99 µs", "Spring / ours", "Spring / history");
        List<String[]> rates = new ArrayList<>();
        for (int threads : THREADS) {
            try (Crew crew = new Crew(threads)) {
                for (Operation operation : Operation.values()) {
                    Outcome outcome = hold(operation, populations, crew);
                    times.row(times(operation, threads, outcome));
                    rates.add(rates(operation, threads, outcome));
                }
            }
        }
        times.end();
        Table table = table(out, "operations/s", "ours / Spring", "history / Spring");
        rates.forEach(table::row);
        table.end();
    }

    private Table table(PrintWriter out, String what, String oursAndSpring, String historyAndSpring) {
        return new Table(
                out,
                database.name() + ", " + what,
                "threads",
                "floor",
                "Spring",
                "ours",
                "ours, history",
                "ours / floor",
                "history / floor",
                oursAndSpring,
                historyAndSpring);
    }

    private Outcome hold(Operation operation, List<Population> populations, Crew crew) throws Exception {
        if (operation == Operation.TOUCH_AGAIN) {
            for (Population population : populations) {
                population.touchAll(crew);
            }
        }
        return new SessionContest(crew, budget)
                .hold(populations.stream()
                        .map(population -> population.work(operation, crew))
                        .toList());
    }

    private static String[] times(Operation operation, int threads, Outcome outcome) {
        return row(
                operation,
                threads,
                keeper -> cell("%.0f / %.0f", outcome.median(keeper), outcome.p99(keeper)),
                new double[] {
                    outcome.ratio(OURS, FLOOR),
                    outcome.ratio(HISTORY, FLOOR),
                    outcome.ratio(SPRING, OURS),
                    outcome.ratio(SPRING, HISTORY)
                });
    }

    private static String[] rates(Operation operation, int threads, Outcome outcome) {
        return row(operation, threads, keeper -> cell("%.0f", outcome.perSecond(keeper)), new double[] {
            outcome.ratioOfRates(OURS, FLOOR),
            outcome.ratioOfRates(HISTORY, FLOOR),
            outcome.ratioOfRates(OURS, SPRING),
            outcome.ratioOfRates(HISTORY, SPRING)
        });
    }

    private interface Cell {
        String of(int keeper);
    }

    private static String[] row(Operation operation, int threads, Cell cell, double[] ratios) {
        List<String> cells = new ArrayList<>(List.of(operation.label(), Integer.toString(threads)));
        for (int keeper = FLOOR; keeper <= HISTORY; keeper++) {
            cells.add(cell.of(keeper));
        }
        for (double ratio : ratios) {
            cells.add(cell("%.2f", ratio));
        }
        return cells.toArray(String[]::new);
    }
}
