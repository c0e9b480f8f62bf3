// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import static io.serpentry.benchmarks.sessions.Table.cell;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** The table of how often each operation goes to the database: what a database across a network charges for. */
final class StatementTable {

    private static final int SESSIONS = 16;
    private static final int TIMES = 200;

    private final SessionDatabase database;
    private final StatementCount count;

    /** @param count what is between the database's pool and who uses it */
    StatementTable(SessionDatabase database, StatementCount count) {
        this.database = database;
        this.count = count;
    }

    void write(PrintWriter out) throws Exception {
        try (Crew crew = new Crew(1)) {
            Table table = new Table(out, database.name() + ", round trips", "floor", "Spring", "ours", "ours, history");
            List<Population> populations = new ArrayList<>();
            for (Keeper keeper : database.keepers()) {
                populations.add(new Population(keeper, SESSIONS));
            }
            for (Operation operation : Operation.values()) {
                List<String> cells = new ArrayList<>(List.of(operation.label()));
                for (Population population : populations) {
                    cells.add(cell("%.1f", roundTrips(operation, population, crew)));
                }
                table.row(cells.toArray(String[]::new));
            }
            table.end();
        }
    }

    private double roundTrips(Operation operation, Population population, Crew crew) throws Exception {
        population.touchAll(crew);
        long before = count.total();
        crew.times(TIMES, population.work(operation, crew));
        return (count.total() - before) / (double) TIMES;
    }
}
