// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.calls;

import io.serpentry.benchmarks.calls.Rounds.Budget;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.placement.Migrations;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.SessionStore;
import jakarta.transaction.UserTransaction;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** All tables of calls in sessions. */
public final class CallTables {

    private final Scene scene;
    private final Migrations migrations;
    private final PythonPool pool;
    private final boolean quick;

    /** @param quick rounds that are too short for figures to be kept */
    public CallTables(
            PythonConnectionFactory python,
            PythonSessions sessions,
            SessionStore store,
            UserTransaction transaction,
            Migrations migrations,
            PythonPool pool,
            boolean quick) {
        this.scene = new Scene(python, sessions.as(Scene.CALLER), store, transaction);
        this.migrations = migrations;
        this.pool = pool;
        this.quick = quick;
    }

    /**
     * Writes the tables, each row as soon as it is known. Takes about three minutes.
     *
     * @param only {@code costs}, {@code rates}, {@code crowd} or {@code moves}; null for all
     */
    public void write(PrintWriter out, @Nullable String only) throws Exception {
        CrowdTables crowds = new CrowdTables(scene, quick, out);
        if (only == null || only.equals("costs")) {
            new CostTable(scene, quick ? Budget.QUICK : Budget.FULL, out).write();
            out.println();
        }
        if (only == null || only.equals("rates")) {
            crowds.writeHitRates();
            out.println();
        }
        if (only == null || only.equals("crowd")) {
            crowds.writeConcurrent();
            out.println();
        }
        if (only == null || only.equals("moves")) {
            new MoveTable(scene, migrations, pool, quick, out).write();
        }
    }
}
