// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.SessionDesk;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.ServerVariables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two servers on one PostgreSQL, which was empty when both were started at the same moment. */
@Tag("core")
class TwoServersIT {

    private static final Map<String, String> BUSY = Map.of(
            "SERPENTRY_SESSION_SWEEP_INTERVAL", "PT1S",
            "SERPENTRY_SESSION_SWEEP_BATCH", "3",
            "SERPENTRY_SESSION_DELIVER_INTERVAL", "PT0.2S");
    private static final Pattern STARTED = Pattern.compile("SERP00300: .* (\\d+) scripts run");
    private static final Pattern ENDED = Pattern.compile("SERP00306: Session (\\S+) of anonymous has ended: (\\w+)");

    private static final PostgresServer POSTGRES = PostgresServer.shared();
    private static final String DATABASE = POSTGRES.createDatabase();
    private static final List<RunningServer> SERVERS = new ArrayList<>();
    private static OutsideApp one;
    private static OutsideApp other;

    private final String id = "shared-" + UUID.randomUUID();

    @BeforeAll
    static void startBothAtOnce() throws IOException {
        for (int offset : new int[] {5300, 5400}) {
            SERVERS.add(RunningServer.launch(offset, ServerVariables.of(POSTGRES, DATABASE, BUSY), "--workers", "1"));
        }
        SERVERS.forEach(RunningServer::awaitReady);
        one = deployed(SERVERS.get(0));
        other = deployed(SERVERS.get(1));
    }

    @AfterAll
    static void stopBoth() {
        SERVERS.forEach(RunningServer::close);
    }

    private static OutsideApp deployed(RunningServer server) throws IOException {
        return OutsideApp.deployed(server, OutsideWar.dependingOn("serpentry.ear", SessionDesk.class));
    }

    /** What the pattern finds in the logs of both servers. */
    private static List<Matcher> logged(Pattern pattern) {
        return SERVERS.stream()
                .flatMap(TwoServersIT::log)
                .map(pattern::matcher)
                .filter(Matcher::find)
                .toList();
    }

    private static Stream<String> log(RunningServer server) {
        try {
            return server.log().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> ended(String reason) {
        return logged(ENDED).stream()
                .filter(line -> line.group(2).equals(reason))
                .map(line -> line.group(1))
                .toList();
    }

    @Test
    void theTablesMustHaveBeenMadeOnce() {
        long scripts = POSTGRES.query(
                DATABASE, "select count(*) from serpentry_schema where success and type = 'SQL'", Long.class);
        long sum = logged(STARTED).stream()
                .mapToLong(line -> Long.parseLong(line.group(1)))
                .sum();

        assertThat(logged(STARTED)).hasSize(2);
        assertThat(sum).isEqualTo(scripts).isPositive();
    }

    @Test
    void whatOneServerHasStoredMustBeSeenOnTheOther() {
        one.text("PUT", "/sessions?id=" + id);
        one.text("POST", "/sessions?text=one&id=" + id);

        assertThat(other.text("GET", "/sessions/text?id=" + id)).isEqualTo("one");
        assertThat(other.send("PUT", "/sessions?id=" + id).body()).startsWith("SESSION_EXISTS:");
        other.text("POST", "/sessions?text=other&id=" + id);
        assertThat(one.text("GET", "/sessions/text?id=" + id)).isEqualTo("other");
        assertThat(other.text("DELETE", "/sessions?id=" + id)).isEqualTo("true");
        assertThat(one.text("GET", "/sessions?id=" + id)).isEqualTo("none");
    }

    @Test
    void aConversationWithPythonMustGoOnOnTheOtherServer() {
        List<RestUser> servers = SERVERS.stream().map(RestUser::admin).toList();
        servers.get(0).post("/api/v1/sessions", "{\"id\": \"" + id + "\"}").json(201);
        String call = "{\"function\": \"counter.increment\", \"session\": \"" + id + "\"}";

        for (int count = 1; count <= 6; count++) {
            assertThat(servers.get(count % 2).call(call).json().getInt("result"))
                    .isEqualTo(count);
        }

        long third = servers.get(0)
                .get("/api/v1/sessions/" + id + "/revisions")
                .json()
                .getJsonArray("items")
                .getJsonObject(3)
                .getJsonNumber("revision")
                .longValue();
        servers.get(0)
                .post("/api/v1/sessions/" + id + "/restore", "{\"revision\": " + third + "}")
                .json(200);
        for (RestUser user : List.of(servers.get(1), servers.get(0))) {
            String read = "{\"function\": \"notebook.read\", \"arguments\": {\"name\": \"count\"}, \"session\": \"" + id
                    + "\"}";
            assertThat(user.call(read).json().getInt("result")).as("restored").isEqualTo(3);
        }

        servers.get(0).delete("/api/v1/sessions/" + id);
        servers.get(0).post("/api/v1/sessions", "{\"id\": \"" + id + "\"}").json(201);
        assertThat(servers.get(1).call(call).json().getInt("result"))
                .as("deleted and created again on the other server")
                .isEqualTo(1);
    }

    /** As each server's metrics tell it. */
    private static List<Double> transferred(String unit) {
        Pattern sample = Pattern.compile("(?m)^serpentry_session_transfer_" + unit + "_total\\{.*} (.*)$");
        return SERVERS.stream()
                .map(server -> sample.matcher(
                        RestUser.admin(server).get("/api/v1/metrics").body()))
                .peek(found -> assertThat(found.find()).isTrue())
                .map(found -> Double.valueOf(found.group(1)))
                .toList();
    }

    @Test
    void exactlyWhatTheOtherServerHasChangedMustBeSentToAWorkerThatIsWarm() {
        List<RestUser> servers = SERVERS.stream().map(RestUser::admin).toList();
        servers.get(0)
                .post(
                        "/api/v1/sessions",
                        "{\"id\": \"" + id + "\", \"entries\": {\"unused\": \"" + id + "\", \"count\": 90071992547}}")
                .json(201);
        String call = "{\"function\": \"counter.increment\", \"session\": \"" + id + "\"}";
        servers.forEach(server -> server.call(call).json());
        List<Double> entries = transferred("entries");
        List<Double> bytes = transferred("bytes");

        servers.get(0).call(call).json();

        assertThat(transferred("entries")).containsExactly(entries.get(0) + 1, entries.get(1));
        assertThat(transferred("bytes")).containsExactly(bytes.get(0) + "90071992549".length(), bytes.get(1));
        servers.get(0).call(call).json();
        assertThat(transferred("entries")).containsExactly(entries.get(0) + 1, entries.get(1));
    }

    @Test
    void aChangeThatTheOtherServerCameBeforeMustBeAConflict() {
        one.text("PUT", "/sessions?id=" + id);
        String version = one.text("POST", "/sessions?text=first&id=" + id);

        other.text("POST", "/sessions?text=second&id=" + id + "&expected=" + version);

        assertThat(one.send("POST", "/sessions?text=third&id=" + id + "&expected=" + version)
                        .body())
                .startsWith("SESSION_CONFLICT:")
                .contains("entry \"entry\" (expected version 1, found version 2)");
        assertThat(one.text("GET", "/sessions/text?id=" + id)).isEqualTo("second");
    }

    @Test
    void incrementsOfBothServersMustNotBeLost() throws Exception {
        one.text("PUT", "/sessions?id=" + id);
        List<Background<String>> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            OutsideApp app = i % 2 == 0 ? one : other;
            clients.add(Background.of(() -> incremented(app, 50)));
        }
        for (Background<String> client : clients) {
            client.value();
        }

        assertThat(other.text("POST", "/sessions/increment?id=" + id)).isEqualTo("201");
    }

    @Test
    void exclusiveCallsOfBothServersMustComeOneAfterTheOther() throws Exception {
        int each = 10;
        one.text("PUT", "/sessions?id=" + id);
        List<Background<String>> clients = new ArrayList<>();
        for (OutsideApp app : List.of(one, other, one, other)) {
            clients.add(Background.of(() -> IntStream.range(0, each)
                    .mapToObj(i -> app.text("POST", exclusive("append", "PT60S")))
                    .reduce("", (before, now) -> now)));
        }
        for (Background<String> client : clients) {
            client.valueWithin(120);
        }

        assertThat(other.text("POST", exclusive("append", "PT0S"))).isEqualTo(Integer.toString(4 * each + 1));
    }

    private String exclusive(String action, String within) {
        return "/sessions/" + action + "?text=x&within=" + within + "&id=" + id;
    }

    @Test
    void anExclusiveCallMustBeRefusedWhileAnotherRunsOnTheOtherServer() throws Exception {
        Path directory = Files.createTempDirectory("exclusive");
        one.text("PUT", "/sessions?id=" + id);
        String gate = exclusive("gate", "PT0S") + "&begun=" + directory.resolve("begun") + "&proceed="
                + directory.resolve("proceed");
        Background<String> running = Background.of(() -> one.text("POST", gate));
        Await.until("it runs", () -> Files.exists(directory.resolve("begun")));

        String refused = other.send("POST", exclusive("append", "PT0.1S")).body();
        Background<String> waiting = Background.of(() -> other.text("POST", exclusive("append", "PT30S")));
        Files.createFile(directory.resolve("proceed"));

        assertThat(refused).startsWith("SESSION_CONFLICT:").contains("in use by other exclusive calls");
        assertThat(running.value()).isEqualTo("1");
        assertThat(waiting.value()).isEqualTo("2");
    }

    private String incremented(OutsideApp app, int times) {
        return IntStream.range(0, times)
                .mapToObj(i -> app.text("POST", "/sessions/increment?id=" + id))
                .reduce("", (before, now) -> now);
    }

    @Test
    void eachEndMustBeAnnouncedOnceWhoeverSwept() {
        List<String> expiring =
                IntStream.range(0, 40).mapToObj(i -> id + "-" + i).toList();
        for (String session : expiring) {
            (session.hashCode() % 2 == 0 ? one : other).text("PUT", "/sessions?idle=PT1S&id=" + session);
        }
        one.text("PUT", "/sessions?id=" + id);
        one.text("DELETE", "/sessions?id=" + id);

        Await.until(
                "all are announced",
                () -> ended("EXPIRED").containsAll(expiring) && ended("DELETED").contains(id));
        awaitSweepOfBoth();

        assertThat(ended("EXPIRED").stream().filter(session -> session.startsWith(id)))
                .containsExactlyInAnyOrderElementsOf(expiring);
        assertThat(ended("DELETED").stream().filter(session -> session.startsWith(id)))
                .containsExactly(id);
        assertThat(POSTGRES.query(DATABASE, "select count(*) from serpentry_outbox", Long.class))
                .isZero();
        assertThat(POSTGRES.query(
                        DATABASE, "select count(*) from serpentry_session where id like '" + id + "%'", Long.class))
                .isZero();
    }

    /** Both servers have swept once more since this was called. */
    private static void awaitSweepOfBoth() {
        for (OutsideApp app : List.of(one, other)) {
            String before = lastSweep(app);
            Await.until("a server sweeps", () -> !lastSweep(app).equals(before));
        }
    }

    private static String lastSweep(OutsideApp app) {
        return app.text("GET", "/sessions/status").split(" ")[2];
    }

    @Test
    void anOlderReleaseMustBeRefusedAfterAnUpgradeWhileTheServersThatRunGoOn() throws IOException {
        POSTGRES.execute(DATABASE, """
                insert into serpentry_schema
                    (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                values (999, '999', 'later', 'SQL', 'V999__later.sql', 1, 'serpentry', 1, true)
                """);
        try (RunningServer late =
                RunningServer.launch(5500, ServerVariables.of(POSTGRES, DATABASE), "--workers", "1")) {
            late.awaitEnd();

            assertThat(late.output())
                    .contains("Serpentry could not be deployed")
                    .contains(
                            "The session tables have schema version 999, which a newer release of Serpentry has made");
            assertThat(one.text("PUT", "/sessions?id=" + id)).isEqualTo("anonymous");
        } finally {
            POSTGRES.execute(DATABASE, "delete from serpentry_schema where version = '999'");
        }
    }
}
