// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

import io.serpentry.benchmarks.Contest.Budget;
import io.serpentry.benchmarks.Contest.Outcome;
import io.serpentry.connector.PythonConnectionFactory;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The table of echoes, all sizes: the product against the floors. */
public final class EchoTable {

    private static final String BARE = "bare floor";
    private static final String FRAMED = "framed floor";
    private static final String OWNED = "framed, own memory";
    private static final String HELD = "held";
    private static final String PER_CALL = "per call";

    private static final Budget FULL = new Budget(31, Duration.ofMillis(1500), Duration.ofMillis(60));
    private static final Budget QUICK = new Budget(7, Duration.ofMillis(500), Duration.ofMillis(40));

    private final FloorProcess floor;
    private final PythonConnectionFactory python;
    private final Budget budget;

    /** @param quick rounds that are too short for figures to be kept */
    public EchoTable(FloorProcess floor, PythonConnectionFactory python, boolean quick) {
        this.floor = floor;
        this.python = python;
        this.budget = quick ? QUICK : FULL;
    }

    /** Writes the table, each row as soon as it is known. Takes some minutes. */
    public void write(PrintWriter out, boolean withPerCall) throws Exception {
        List<Contestant> contestants = new ArrayList<>(List.of(
                new Contestant(BARE, payload -> new BareFloor(floor, payload)),
                new Contestant(FRAMED, payload -> new FramedFloor(floor, payload)),
                new Contestant(OWNED, payload -> new OwnedFloor(floor, payload)),
                new Contestant(HELD, payload -> new ConnectionEcho(python, payload, true))));
        if (withPerCall) {
            contestants.add(new Contestant(PER_CALL, payload -> new ConnectionEcho(python, payload, false)));
        }
        List<String> measured = withPerCall ? List.of(HELD, PER_CALL) : List.of(HELD);
        head(out, contestants, measured);
        for (Payload payload : Payload.all()) {
            row(out, payload.label(), new Contest(payload, contestants, budget).hold(), measured);
        }
    }

    private static void head(PrintWriter out, List<Contestant> contestants, List<String> measured) {
        String floors = contestants.stream().map(Contestant::name).collect(Collectors.joining(" | "));
        String ratios = measured.stream()
                .map(name -> String.format("%1$s / bare | %1$s / framed | best %1$s / best framed | %1$s / own memory", name))
                .collect(Collectors.joining(" | "));
        out.println("| p50 µs | " + floors + " | " + ratios + " |");
        out.println("|---|" + "---:|".repeat(contestants.size() + 4 * measured.size()));
        out.flush();
    }

    private static void row(PrintWriter out, String label, Outcome outcome, List<String> measured) {
        StringBuilder row = new StringBuilder("| " + label);
        for (Contestant contestant : outcome.contestants()) {
            row.append(" | ").append(formatted("%.1f", outcome.median(contestant.name())));
        }
        for (String name : measured) {
            row.append(" | ").append(formatted("%.2f", outcome.ratio(name, BARE)));
            row.append(" | ").append(formatted("%.2f", outcome.ratio(name, FRAMED)));
            row.append(" | ").append(formatted("%.2f", outcome.best(name) / outcome.best(FRAMED)));
            row.append(" | ").append(formatted("%.2f", outcome.ratio(name, OWNED)));
        }
        out.println(row.append(" |"));
        out.flush();
    }

    private static String formatted(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
