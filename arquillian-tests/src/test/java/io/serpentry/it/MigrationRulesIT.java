// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.MoveDesk;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import jakarta.json.JsonObject;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens by rule: a pool grows, and its sessions are shared out; a worker grows, and is evacuated. */
@Tag("core")
class MigrationRulesIT {

    private static final int OFFSET = 5900;
    private static final int SESSIONS = 40;
    private static final int WORKERS = 4;
    private static final String MIGRATIONS = "/api/v1/migrations";

    @Test
    void aPoolThatGrowsMustBeSharedOutAndAWorkerThatGrowsBeEvacuated() throws Exception {
        Map<String, String> rules = Map.of(
                "SERPENTRY_MIGRATION_RULE_INTERVAL",
                "PT0.5S",
                "SERPENTRY_MIGRATION_RULE_RESIZE",
                "run",
                "SERPENTRY_MIGRATION_RULE_HEALTH",
                "run",
                "SERPENTRY_MIGRATION_RULE_HEALTH_MAXMEMORY",
                Long.toString(200L << 20));
        try (RunningServer server = RunningServer.start(OFFSET, rules)) {
            RestUser admin = RestUser.admin(server);
            OutsideApp app = OutsideApp.deployed(server, OutsideWar.dependingOn("serpentry.ear", MoveDesk.class));
            app.text("PUT", "/crowd?prefix=rule-&count=" + SESSIONS);

            grow(admin);
            // The rule may look while there are three.
            Await.until("they are shared out among all", () -> sessions(admin)
                    .equals(Collections.nCopies(WORKERS, SESSIONS / WORKERS)));
            awaitDone(admin, "rule:resize", "the pool has " + WORKERS + " workers instead of ");
            app.text("POST", "/crowd?prefix=rule-&count=" + SESSIONS);

            String unwell = growing(admin);
            JsonObject evacuated = awaitDone(admin, "rule:health", "");

            assertThat(evacuated.getString("kind")).isEqualTo("evacuate");
            assertThat(evacuated.getString("from")).isEqualTo(unwell);
            assertThat(evacuated.getString("reason")).contains("bytes of memory, over " + (200L << 20));
            assertThat(admin.get("/api/v1/workers").items())
                    .extracting(worker -> worker.getString("id"))
                    .doesNotContain(unwell);
            assertThat(app.text("POST", "/crowd?prefix=rule-&count=" + SESSIONS))
                    .isEqualTo("3 to 3");
        }
    }

    /** All workers that the pool may have run a call at once. */
    private static void grow(RestUser admin) {
        List<Background<RestAnswer>> calls = IntStream.range(0, WORKERS)
                .mapToObj(i -> Background.of(() -> admin.call("""
                        {"function": "probe.sleep", "arguments": {"seconds": 2}}""")))
                .toList();
        for (Background<RestAnswer> call : calls) {
            assertThat(call.outcome()).isNull();
        }
    }

    private static List<Integer> sessions(RestUser admin) {
        return admin.get("/api/v1/workers").items().stream()
                .map(worker -> worker.getInt("sessions"))
                .toList();
    }

    /** Has a worker take more memory than it may have; which one. */
    private static String growing(RestUser admin) {
        JsonObject call = admin.call("""
                {"function": "probe.keep", "arguments": {"size": 230000000}}""").json();
        return call.getJsonObject("worker").getString("id");
    }

    /** The first that the rule has done for a reason in which that stands. */
    private static JsonObject awaitDone(RestUser admin, String rule, String reason) {
        AtomicReference<JsonObject> done = new AtomicReference<>();
        Await.until(rule + " has done its work", () -> {
            Optional<JsonObject> found = admin.get(MIGRATIONS).items().stream()
                    .filter(migration -> migration.getString("by").equals(rule))
                    .filter(migration -> migration.getString("state").equals("done"))
                    .filter(migration -> migration.getString("reason").contains(reason))
                    .findFirst();
            found.ifPresent(done::set);
            return found.isPresent();
        });
        return done.get();
    }
}
