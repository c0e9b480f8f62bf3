// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.Bookings;
import io.serpentry.it.app.PythonBookingDesk;
import io.serpentry.it.app.PythonBookings;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.ServerVariables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Anonymous calls whose sessions are rows of the database, when the server dies. */
@Tag("core")
class AnonymousCrashIT {

    private static final int BOUND = 4096;
    private static final Map<String, String> VARIABLES = Map.of(
            "SERPENTRY_SESSION_SWEEP_INTERVAL",
            "PT1S",
            "SERPENTRY_SESSION_TEMPORARY_MAXBYTES",
            Integer.toString(BOUND));
    private static final PostgresServer POSTGRES = PostgresServer.shared();
    private static final String DATABASE = POSTGRES.createDatabase();

    private static long temporaryRows() {
        return POSTGRES.query(DATABASE, "select count(*) from serpentry_session where kind = 1", Long.class);
    }

    private static Background<RestAnswer> anonymous(OutsideApp app, String call) {
        return Background.of(() -> app.send("POST", "/anonymous?function=notebook." + call));
    }

    @Test
    void aSweepMustRemoveTheRowsOfCallsThatAKillHasEnded() throws Exception {
        Path directory = Files.createTempDirectory("anonymous-crash");
        String proceed = "&proceed=" + directory.resolve("proceed");
        try (RunningServer server =
                RunningServer.start(6600, ServerVariables.of(POSTGRES, DATABASE, VARIABLES), "--workers", "2")) {
            OutsideApp app = OutsideApp.deployed(
                    server,
                    OutsideWar.dependingOn(
                            "serpentry.ear",
                            Bookings.class,
                            PythonBookings.class,
                            PythonBookings.Row.class,
                            PythonBookingDesk.class));
            Path persisted = directory.resolve("persisted");
            Path outgrown = directory.resolve("outgrown");
            List<Background<RestAnswer>> calls = List.of(
                    anonymous(app, "wait_at_gate&persisted=true&begun=" + persisted + proceed),
                    anonymous(app, "save_and_wait&size=" + (BOUND + 1) + "&begun=" + outgrown + proceed));
            Await.until("both wait at the gate", () -> Files.exists(persisted) && Files.exists(outgrown));
            assertThat(temporaryRows()).isEqualTo(2);
            assertThat(RestUser.admin(server)
                            .get("/api/v1/sessions?filter=kind:temporary")
                            .items())
                    .hasSize(2);

            server.kill();
            assertThat(calls).allSatisfy(call -> assertThat(call.outcome()).isNotNull());
            assertThat(temporaryRows()).as("not yet over").isEqualTo(2);
            // As if their five minutes had passed.
            POSTGRES.execute(DATABASE, "update serpentry_session set expires_at = 1 where kind = 1");
            server.restart();

            Await.until("they are swept", () -> temporaryRows() == 0);
            assertThat(RestUser.admin(server)
                            .get("/api/v1/sessions?filter=kind:temporary")
                            .items())
                    .isEmpty();
        }
    }
}
