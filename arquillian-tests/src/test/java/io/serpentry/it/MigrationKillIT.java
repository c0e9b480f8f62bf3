// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.MoveDesk;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.ServerVariables;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The server is killed in each state that a migration has: it ends nevertheless, and no session is another. */
@Tag("core")
class MigrationKillIT {

    private static final int OFFSET = 5800;
    private static final int SESSIONS = 600;
    private static final String MIGRATIONS = "/api/v1/migrations";
    private static final Map<String, String> RULE = Map.of(
            "SERPENTRY_MIGRATION_RULE_REBALANCE",
            "propose",
            "SERPENTRY_MIGRATION_RULE_REBALANCE_SKEWPERCENT",
            "101",
            "SERPENTRY_MIGRATION_RULE_INTERVAL",
            "PT1S");

    private int lines;

    @Test
    void aMigrationMustEndWhateverItsServerWasKilledInOnPostgresql() throws Exception {
        PostgresServer postgres = PostgresServer.shared();
        Map<String, String> variables = ServerVariables.of(postgres, postgres.createDatabase(), RULE);
        try (RunningServer server = RunningServer.start(OFFSET, variables)) {
            OutsideApp app = deployed(server);
            app.text("PUT", "/crowd?prefix=crowd-&count=" + SESSIONS);
            lines = 1;
            for (String state : List.of("running", "paused", "verifying", "rolling-back", "planned")) {
                app = killed(server, app, state);
            }
        }
    }

    private static OutsideApp deployed(RunningServer server) throws Exception {
        return OutsideApp.deployed(server, OutsideWar.dependingOn("serpentry.ear", MoveDesk.class));
    }

    private OutsideApp killed(RunningServer server, OutsideApp app, String state) throws Exception {
        RestUser admin = RestUser.admin(server);
        List<String> workers = admin.get("/api/v1/workers").items().stream()
                .map(worker -> worker.getString("id"))
                .toList();
        String migration = "planned".equals(state)
                ? proposed(admin, workers.get(0))
                : brought(admin, workers.get(0), workers.get(1), state);
        server.kill();

        server.restart();
        JsonObject ended = awaitEnd(RestUser.admin(server), migration);
        assertThat(ended.getString("state")).as(state + ": " + ended).isEqualTo("rolled-back");
        assertThat(ended.getString("outcome"))
                .contains("ended while it was " + state.toUpperCase(Locale.ROOT).replace('-', '_'));
        checkReceipts(RestUser.admin(server), ended);
        OutsideApp again = deployed(server);
        lines++;
        assertThat(again.text("POST", "/crowd?prefix=crowd-&count=" + SESSIONS)).isEqualTo(lines + " to " + lines);
        return again;
    }

    /** A rule proposes to share out what one worker has alone. */
    private static String proposed(RestUser admin, String worker) {
        move(admin, Map.of(worker, 1));
        AtomicReference<String> found = new AtomicReference<>();
        Await.until("it is proposed", () -> {
            admin.get(MIGRATIONS).items().stream()
                    .filter(migration -> migration.getString("state").equals("planned"))
                    .findFirst()
                    .ifPresent(migration -> found.set(migration.getString("id")));
            return found.get() != null;
        });
        return found.get();
    }

    private static String move(RestUser admin, Map<String, Integer> targets) {
        String shares = targets.entrySet().stream()
                .map(share -> "\"" + share.getKey() + "\": " + share.getValue())
                .reduce((a, b) -> a + ", " + b)
                .orElseThrow();
        RestAnswer begun = admin.post(MIGRATIONS, "{\"kind\": \"rebalance\", \"targets\": {" + shares + "}}");
        return begun.json(202).getString("id");
    }

    /** States last as long as there are sessions to move: if one was missed, the way back comes next. */
    private static String brought(RestUser admin, String first, String second, String state) {
        String to = first;
        while (true) {
            String migration = move(admin, Map.of(to, 1));
            if (state.equals("paused")) {
                admin.post(MIGRATIONS + "/" + migration + "/pause", "{}").json(200);
            }
            if (state.equals("rolling-back")) {
                Await.until(
                        "some are moved",
                        Duration.ofMinutes(1),
                        () -> !"running".equals(stateOf(admin, migration)) || moved(admin, migration) > SESSIONS / 3);
                admin.post(MIGRATIONS + "/" + migration + "/cancel", "{}");
            }
            if (isSeen(admin, migration, state)) {
                return migration;
            }
            to = to.equals(first) ? second : first;
        }
    }

    private static int moved(RestUser admin, String migration) {
        return admin.get(MIGRATIONS + "/" + migration)
                .json()
                .getJsonObject("progress")
                .getInt("moved");
    }

    private static String stateOf(RestUser admin, String migration) {
        return admin.get(MIGRATIONS + "/" + migration).json().getString("state");
    }

    private static boolean isSeen(RestUser admin, String migration, String state) {
        String now = stateOf(admin, migration);
        while (!now.equals(state) && !now.equals("done") && !now.equals("rolled-back")) {
            now = stateOf(admin, migration);
        }
        return now.equals(state);
    }

    private static JsonObject awaitEnd(RestUser admin, String migration) {
        Await.until("migration " + migration + " has ended", () -> {
            String state = stateOf(admin, migration);
            return state.equals("done") || state.equals("rolled-back");
        });
        return admin.get(MIGRATIONS + "/" + migration).json();
    }

    private static void checkReceipts(RestUser admin, JsonObject migration) {
        int total = migration.getJsonObject("progress").getInt("total");
        int seen = 0;
        String path = MIGRATIONS + "/" + migration.getString("id") + "/receipts?limit=500";
        String next = "";
        while (next != null) {
            JsonObject page = admin.get(path + next).json();
            for (JsonObject receipt : page.getJsonArray("items").getValuesAs(JsonObject.class)) {
                assertThat(receipt.getString("state")).isIn("skipped", "returned");
                assertThat(receipt.getString("problem")).isNotBlank();
                seen++;
            }
            next = page.isNull("next") ? null : "&cursor=" + page.getString("next");
        }
        assertThat(seen).isEqualTo(total);
    }
}
