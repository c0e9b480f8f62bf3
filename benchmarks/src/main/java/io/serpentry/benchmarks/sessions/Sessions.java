// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import io.serpentry.benchmarks.sessions.SessionContest.Budget;
import io.serpentry.testkit.PostgresServer;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/**
 * {@code Sessions DIRECTORY quick|usual|full FSYNC [PART]}: writes the tables of all parts or of one; DIRECTORY is for H2, FSYNC for
 * PostgreSQL.
 */
public final class Sessions {

    /** How much to do. */
    private enum Scale {
        QUICK(new Budget(5, Duration.ofMillis(150), Duration.ofMillis(50)), 2_000),
        USUAL(new Budget(7, Duration.ofMillis(200), Duration.ofMillis(100)), 10_000),
        FULL(new Budget(15, Duration.ofMillis(500), Duration.ofMillis(150)), 100_000);

        private final Budget budget;
        private final int expired;

        Scale(Budget budget, int expired) {
            this.budget = budget;
            this.expired = expired;
        }
    }

    /** Makes an empty database of one kind, with something between its pool and who uses it. */
    private interface Kind {
        SessionDatabase openWith(UnaryOperator<DataSource> wrapper) throws Exception;

        default SessionDatabase open() throws Exception {
            return openWith(UnaryOperator.identity());
        }
    }

    /** What can be measured alone. */
    private enum Part {
        STATEMENTS,
        OPERATIONS,
        WRITERS,
        PAGES,
        SWEEP
    }

    private final PrintWriter out;
    private final Scale scale;
    private final Set<Part> parts;

    private Sessions(PrintWriter out, Scale scale, Set<Part> parts) {
        this.out = out;
        this.scale = scale;
        this.parts = parts;
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        Set<Part> parts = arguments.length == 3
                ? EnumSet.allOf(Part.class)
                : EnumSet.of(Part.valueOf(arguments[3].toUpperCase(Locale.ROOT)));
        Sessions sessions = new Sessions(out, Scale.valueOf(arguments[1].toUpperCase(Locale.ROOT)), parts);
        try (PostgresServer server = PostgresServer.start(Map.of("fsync", arguments[2]))) {
            sessions.write(wrapper -> SessionDatabase.postgres(server, wrapper));
        }
        AtomicInteger files = new AtomicInteger();
        sessions.write(wrapper -> SessionDatabase.h2(directory.resolve("h2-" + files.incrementAndGet()), wrapper));
    }

    private void write(Kind kind) throws Exception {
        for (Part part : parts) {
            switch (part) {
                case STATEMENTS -> writeStatements(kind);
                case OPERATIONS -> {
                    try (SessionDatabase database = kind.open()) {
                        new OperationTables(database, scale.budget).write(out);
                    }
                }
                case WRITERS -> {
                    try (SessionDatabase database = kind.open()) {
                        new WriterTable(database, scale.budget).write(out);
                    }
                }
                case PAGES -> new PageTable(kind::open, scale.budget).write(out);
                case SWEEP -> new SweepTable(kind::open, scale.expired).write(out);
            }
        }
    }

    private void writeStatements(Kind kind) throws Exception {
        StatementCount count = new StatementCount();
        try (SessionDatabase database = kind.openWith(count::counted)) {
            new StatementTable(database, count).write(out);
        }
    }
}
