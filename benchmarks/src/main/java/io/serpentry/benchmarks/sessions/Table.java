// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import java.io.PrintWriter;
import java.util.Locale;

/** A Markdown table, of which each row is seen as soon as it is known. */
final class Table {

    private final PrintWriter out;

    Table(PrintWriter out, String... columns) {
        this.out = out;
        line(columns);
        out.println("|---|" + "---:|".repeat(columns.length - 1));
    }

    Table row(String... cells) {
        line(cells);
        out.flush();
        return this;
    }

    private void line(String... cells) {
        out.println("| " + String.join(" | ", cells) + " |");
    }

    /** Anything may follow then. */
    void end() {
        out.println();
        out.flush();
    }

    static String cell(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
