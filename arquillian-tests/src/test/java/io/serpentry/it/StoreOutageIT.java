// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.BookingDesk;
import io.serpentry.it.app.Bookings;
import io.serpentry.it.app.SessionDesk;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.BookingClients;
import io.serpentry.testkit.ContendedSession;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.ServerVariables;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server whose PostgreSQL is killed in mid-work and started again. It was not there either when the server was started. */
@Tag("core")
class StoreOutageIT {

    private static final String CIRCUIT = "serpentry_store_circuit_state";
    private static final String OPENED = "serpentry_store_circuit_changes_total";

    /** One that syncs to disk: what it has acknowledged survives its kill. */
    private static final PostgresServer POSTGRES = PostgresServer.start();

    private static final String DATABASE = POSTGRES.createDatabase();
    private static RunningServer server;
    private static OutsideApp app;

    private final String id = "outage-" + UUID.randomUUID();

    @BeforeAll
    static void startWithoutADatabase() throws IOException {
        POSTGRES.stopFast();
        server = RunningServer.start(5600, ServerVariables.of(POSTGRES, DATABASE), "--workers", "1");
        app = OutsideApp.deployed(
                server, OutsideWar.dependingOn("serpentry.ear", SessionDesk.class, Bookings.class, BookingDesk.class));
        assertThat(app.send("PUT", "/sessions?id=early").body())
                .startsWith("STORE_UNAVAILABLE: ")
                .contains("can not be reached");
        assertThat(String.join("\n", server.log())).contains("SERP00301");
        POSTGRES.restart();
        awaitRecovery();
    }

    @AfterAll
    static void stop() {
        try (PostgresServer postgres = POSTGRES;
                RunningServer running = server) {
            assertThat(postgres).isNotNull();
            assertThat(running).isNotNull();
        }
    }

    @AfterEach
    void recover() {
        if (!POSTGRES.isRunning()) {
            POSTGRES.restart();
        }
        awaitRecovery();
    }

    private static void awaitRecovery() {
        Await.until(
                "the store is back",
                () -> app.send("GET", "/sessions/list").status() == 200
                        && circuit().equals("CLOSED"));
    }

    private static String circuit() {
        return app.text("GET", "/sessions/status").split(" ")[0];
    }

    /** The sum of all series of that name and those labels. */
    private static double metric(String name, String labels) {
        String text = RestUser.admin(server).get("/api/v1/metrics").body();
        return Pattern.compile("^" + name + "\\{[^}]*" + labels + "[^}]*} (\\S+)$", Pattern.MULTILINE)
                .matcher(text)
                .results()
                .mapToDouble(line -> Double.parseDouble(line.group(1)))
                .sum();
    }

    private static double retries(String operation) {
        return metric("serpentry_session_retries_total", "operation=\"" + operation + "\"");
    }

    private static long logged(String message) throws IOException {
        return server.log().stream().filter(line -> line.contains(message)).count();
    }

    /** Asks until the circuit is open. */
    private void openTheCircuit() {
        Await.until("the circuit is open", () -> {
            app.send("GET", "/sessions?id=unknown");
            return circuit().equals("OPEN");
        });
    }

    private String find() {
        return app.text("GET", "/sessions?id=" + id);
    }

    private static long age(String found) {
        return Long.parseLong(found.split(" ")[2]);
    }

    @Test
    void sessionsReadBeforeMustAnswerWithTheirAge() {
        app.text("PUT", "/sessions?id=" + id);
        app.text("POST", "/sessions?text=kept&id=" + id);
        String before = find();

        POSTGRES.stopImmediately();
        long first = age(find());
        openTheCircuit();
        String open = find();

        assertThat(open.split(" ")[1]).isEqualTo(before.split(" ")[1]);
        assertThat(age(open)).isGreaterThan(first);
        POSTGRES.restart();
        awaitRecovery();
        assertThat(app.text("GET", "/sessions/text?id=" + id)).isEqualTo("kept");
    }

    @Test
    void everythingElseMustBeRefusedAtOnceWhileTheCircuitIsOpen() {
        app.text("PUT", "/sessions?id=" + id);
        String unread = "unread-" + id;
        app.text("PUT", "/sessions?id=" + unread);
        app.text("POST", "/sessions?text=kept&id=" + unread);

        POSTGRES.stopImmediately();
        openTheCircuit();

        String refusal = "STORE_UNAVAILABLE: The session store is not asked for some seconds";
        assertThat(refused("GET", "/sessions?id=" + unread)).startsWith(refusal);
        openTheCircuit();
        assertThat(refused("POST", "/sessions?text=lost&id=" + id)).startsWith(refusal);
        openTheCircuit();
        assertThat(refused("GET", "/sessions/list")).startsWith(refusal).contains("can not be reached");
        openTheCircuit();
        assertThat(refused("PUT", "/sessions?id=new-" + id)).startsWith(refusal);
    }

    private static String refused(String method, String path) {
        RestAnswer answer = app.send(method, path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(409);
        return answer.body();
    }

    @Test
    void theCircuitMustBeShownCountedAndLogged() throws IOException {
        double opened = metric(OPENED, "state=\"open\"");
        double closed = metric(OPENED, "state=\"closed\"");
        long openedLines = logged("SERP00303");
        long closedLines = logged("SERP00304: The circuit of the session store is CLOSED");
        assertThat(metric(CIRCUIT, "")).isZero();

        POSTGRES.stopImmediately();
        Await.until("the circuit is seen open", () -> {
            openTheCircuit();
            return metric(CIRCUIT, "") == 2;
        });

        assertThat(metric(OPENED, "state=\"open\"")).isGreaterThan(opened);
        assertThat(logged("SERP00303")).isGreaterThan(openedLines);
        POSTGRES.restart();
        awaitRecovery();
        assertThat(metric(CIRCUIT, "")).isZero();
        assertThat(metric(OPENED, "state=\"closed\"")).isEqualTo(closed + 1);
        assertThat(logged("SERP00304: The circuit of the session store is CLOSED"))
                .isEqualTo(closedLines + 1);
    }

    @Test
    void aReadMustBeRepeatedWhenTheDatabaseIsGone() {
        double before = retries("find");

        POSTGRES.stopImmediately();
        app.send("GET", "/sessions?id=unknown");

        assertThat(retries("find")).isGreaterThan(before);
    }

    @Test
    void aSaveOfItsOwnMustBeRepeatedUntilTheOtherTransactionIsOutOfTheWay() {
        app.text("PUT", "/sessions?id=" + id);
        ContendedSession contended = ContendedSession.of(POSTGRES, DATABASE, id, 2);
        double before = retries("save");

        app.text("POST", "/sessions?text=kept&id=" + id);

        assertThat(contended.attempts()).isEqualTo(3);
        assertThat(retries("save")).isEqualTo(before + 2);
        assertThat(app.text("GET", "/sessions/text?id=" + id)).isEqualTo("kept");
    }

    @Test
    void aSaveInACallersTransactionMustBeTriedOnceAndRolledBackWithIt() {
        String bookings = "/bookings?source=SerpentryDS&session=" + id;
        app.text("PUT", bookings);
        ContendedSession contended = ContendedSession.of(POSTGRES, DATABASE, id, 1);
        double before = retries("save");

        String refusal = refused("POST", bookings + "&n=2");

        assertThat(refusal).startsWith("STORE_UNAVAILABLE: ");
        assertThat(contended.attempts()).as(refusal).isEqualTo(1);
        assertThat(retries("save")).isEqualTo(before);
        assertThat(app.text("GET", bookings)).isEqualTo("\n\n0");
    }

    @Test
    void anIdThatIsTakenMustLeaveACallersTransactionUsable() {
        String bookings = "/bookings?source=SerpentryDS&session=" + id;
        app.text("PUT", bookings);

        assertThat(app.text("DELETE", bookings)).isEqualTo("true");

        assertThat(app.text("GET", bookings)).isEqualTo("1,2\n2\n1");
    }

    @Test
    void aReadInACallersTransactionMustNotBeRepeatedWhenTheDatabaseIsGone() {
        String bookings = "/bookings?source=SerpentryDS&session=" + id;
        app.text("PUT", bookings);
        double before = retries("find");

        POSTGRES.stopImmediately();

        assertThat(refused("GET", bookings)).startsWith("STORE_UNAVAILABLE: ");
        assertThat(retries("find")).isEqualTo(before);
    }

    @Test
    void whatWasAcknowledgedMustSurviveTheKillOfTheDatabase() throws Exception {
        BookingClients clients = BookingClients.start(app, "SerpentryDS", id);
        clients.await(50);
        POSTGRES.stopImmediately();
        Await.until("bookings are refused", () -> clients.refusals().size() > 20);

        POSTGRES.restart();
        awaitRecovery();
        clients.await(100);
        clients.stop();

        clients.check(app);
    }
}
