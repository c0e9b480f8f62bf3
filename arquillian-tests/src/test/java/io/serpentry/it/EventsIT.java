// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.it.app.EventDesk;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.EventListener;
import io.serpentry.testkit.EventListener.Heard;
import io.serpentry.testkit.OutsideApp;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.PostgresServer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.ServerVariables;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The stream of events of two servers on one PostgreSQL. */
@Tag("core")
class EventsIT {

    private static final int MOST_CLIENTS = 4;
    private static final PostgresServer POSTGRES = PostgresServer.shared();
    private static final String DATABASE = POSTGRES.createDatabase();
    private static final List<RunningServer> SERVERS = new ArrayList<>();
    private static final List<OutsideApp> APPS = new ArrayList<>();

    private final String run = UUID.randomUUID().toString();

    @BeforeAll
    static void startBoth() throws IOException {
        Map<String, String> more = Map.of(
                "SERPENTRY_STREAM_MAXCLIENTS",
                Integer.toString(MOST_CLIENTS),
                "SERPENTRY_SESSION_SWEEP_INTERVAL",
                "PT1S");
        for (int offset : new int[] {7300, 7400}) {
            SERVERS.add(RunningServer.launch(offset, ServerVariables.of(POSTGRES, DATABASE, more), "--workers", "1"));
        }
        SERVERS.forEach(RunningServer::awaitReady);
        deploy(0);
        deploy(1);
    }

    @AfterAll
    static void stopBoth() {
        SERVERS.forEach(RunningServer::close);
    }

    private String published(int server, String type, int from, int to, int padding) {
        return APPS.get(server)
                .text(
                        "POST",
                        "/events?run=" + run + "&type=" + type + "&from=" + from + "&to=" + to + "&padding=" + padding);
    }

    private Background<String> publishing(int server, int from, int to) {
        return Background.of(() -> published(server, "test.numbered", from, to, 0));
    }

    /** Of this test, in the order in which they came. */
    private List<Integer> numbers(EventListener... listeners) {
        return Stream.of(listeners)
                .flatMap(listener -> listener.heard().stream())
                .filter(event ->
                        event.type().startsWith("test.") || event.type().startsWith("other."))
                .map(Heard::data)
                .map(event -> event.getJsonObject("data"))
                .filter(data -> run.equals(data.getString("run", "")))
                .map(data -> data.getInt("number"))
                .toList();
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private static List<Long> ids(EventListener listener) {
        return listener.heard().stream().map(Heard::id).toList();
    }

    private static void assertNoGap(List<Long> ids) {
        for (int i = 1; i < ids.size(); i++) {
            assertThat(ids.get(i)).isEqualTo(ids.get(i - 1) + 1);
        }
    }

    private void awaitNumbers(EventListener listener, int count) {
        Await.until(count + " events are heard", () -> numbers(listener).size() >= count);
    }

    @Test
    void whoComesBackMustGetEachEventOnceAlsoFromTheOtherServer() throws Exception {
        EventListener first = EventListener.on(SERVERS.get(0), "", null);
        List<Background<String>> publishers = List.of(publishing(0, 0, 1500), publishing(1, 1500, 3000));
        awaitNumbers(first, 100);
        first.close();
        long seen = first.seen();
        List<Integer> before = numbers(first);
        for (Background<String> publisher : publishers) {
            publisher.value();
        }

        try (EventListener second = EventListener.on(SERVERS.get(1), "", seen)) {
            published(1, "test.numbered", 3000, 3100, 0);
            awaitNumbers(second, 3100 - before.size());

            List<Integer> all = new ArrayList<>(before);
            all.addAll(numbers(second));
            assertThat(all).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(range(0, 3100));
            assertThat(all.stream().filter(number -> number < 1500)).isSorted();
            assertThat(ids(second).get(0)).isEqualTo(seen + 1);
            assertNoGap(ids(second));
        }
    }

    @Test
    void theKillOfAServerMustLeaveOthersWithoutAGap() throws Exception {
        try (EventListener here = EventListener.on(SERVERS.get(0), "", null);
                EventListener there = EventListener.on(SERVERS.get(1), "", null)) {
            Background<String> publisher = publishing(0, 0, 2000);
            Background<String> killed = publishing(1, 2000, 200_000);
            awaitNumbers(there, 200);

            SERVERS.get(1).kill();

            assertThat(killed.failure()).isNotNull();
            Await.until("the stream ends", there::isEnded);
            publisher.value();
            Set<Integer> written = new HashSet<>(logged());
            Await.until("all of them are heard", () -> new HashSet<>(numbers(here)).containsAll(written));
            SERVERS.get(1).restart();
            // It has forgotten the application.
            APPS.remove(1);
            deploy(1);
            try (EventListener again = EventListener.on(SERVERS.get(1), "", there.seen())) {
                published(0, "test.numbered", 500_000, 500_001, 0);
                Await.until("one more", () -> numbers(again).contains(500_000));
                assertNoGap(ids(again));
                assertThat(numbers(there, again)).doesNotHaveDuplicates();
                assertThat(new HashSet<>(numbers(there, again))).containsAll(written);
                awaitNumbers(here, numbers(there, again).size());
            }
            assertThat(numbers(here)).doesNotHaveDuplicates().containsAll(range(0, 2000));
            assertNoGap(ids(here));
        }
    }

    private static void deploy(int server) throws IOException {
        OutsideApp app =
                OutsideApp.deployed(SERVERS.get(server), OutsideWar.dependingOn("serpentry.ear", EventDesk.class));
        APPS.add(server, app);
    }

    /** The numbers of this test that are in the log, by its list. */
    private List<Integer> logged() {
        List<Integer> numbers = new ArrayList<>();
        String cursor = "";
        do {
            JsonObject page = RestUser.admin(SERVERS.get(0))
                    .get("/api/v1/events?limit=500&types=test.*" + cursor)
                    .json();
            for (JsonObject event : page.getJsonArray("items").getValuesAs(JsonObject.class)) {
                JsonObject data = event.getJsonObject("data");
                if (run.equals(data.getString("run"))) {
                    numbers.add(data.getInt("number"));
                }
            }
            cursor = page.isNull("next") ? null : "&cursor=" + page.getString("next");
        } while (cursor != null);
        return numbers;
    }

    @Test
    void aListMustHaveTheSameEventsPageByPage() {
        published(0, "test.one", 0, 700, 0);
        published(1, "test.other", 700, 703, 0);

        Await.until("all are written", () -> logged().size() == 703);

        assertThat(logged()).containsExactlyInAnyOrderElementsOf(range(0, 703));
        JsonObject last = RestUser.admin(SERVERS.get(1))
                .get("/api/v1/events?types=test.other&limit=500")
                .json();
        assertThat(last.isNull("next")).isTrue();
        assertThat(last.getJsonArray("items").getValuesAs(JsonObject.class))
                .allSatisfy(event -> assertThat(event.getString("type")).isEqualTo("test.other"));
    }

    @Test
    void onlyWantedTypesMustCome() {
        try (EventListener listener = EventListener.on(SERVERS.get(0), "?types=test.a,other.*", null)) {
            published(0, "test.a", 0, 1, 0);
            published(0, "test.b", 1, 2, 0);
            published(0, "test.a.b", 2, 3, 0);
            published(0, "other.a.b", 3, 4, 0);
            published(0, "test.a", 4, 5, 0);

            Await.until("the last is heard", () -> numbers(listener).contains(4));
            assertThat(numbers(listener)).containsExactly(0, 3, 4);
        }
    }

    @Test
    void whoWasAwayForLongerThanEventsAreKeptMustBeToldSo() {
        published(0, "test.old", 0, 50, 0);
        Await.until("they are written", () -> logged().size() == 50);
        JsonObject oldest = RestUser.admin(SERVERS.get(0))
                .get("/api/v1/events?limit=1&types=test.old")
                .items()
                .get(0);
        long first = oldest.getJsonNumber("id").longValue();
        POSTGRES.execute(DATABASE, "delete from serpentry_event where id < " + (first + 10));

        try (EventListener listener = EventListener.on(SERVERS.get(1), "", first + 3)) {
            awaitNumbers(listener, 40);

            assertThat(listener.heard().get(0).type()).isEqualTo("gap");
            assertThat(listener.heard().get(0).data().getJsonNumber("oldest").longValue())
                    .isEqualTo(first + 10);
            assertThat(listener.heard("gap")).hasSize(1);
            assertThat(numbers(listener)).isEqualTo(range(10, 50));
        }
        try (EventListener fromAnother = EventListener.on(SERVERS.get(1), "", 1_000_000_000L)) {
            awaitNumbers(fromAnother, 40);
            assertThat(fromAnother.heard().get(0).type())
                    .as("ids of another database")
                    .isEqualTo("gap");
        }
    }

    @Test
    void aClientThatDoesNotReadMustBeCutOffAndHinderNobody() throws IOException {
        try (EventListener reading = EventListener.on(SERVERS.get(0), "", null);
                Socket socket = notReading()) {
            assertThat(socket.isConnected()).isTrue();
            int before = 0;
            while (!isCutOff()) {
                published(0, "test.big", 0, 500, 7000);
                before += 500;
                // Who reads must not be thought slow too, so he is given the time to.
                awaitNumbers(reading, before);
                assertThat(before).as("sent to who does not read").isLessThan(20_000);
            }
            published(0, "test.small", 1000, 1001, 0);

            Await.until("the other hears all", Duration.ofMinutes(2), () -> numbers(reading)
                    .contains(1000));
            assertThat(numbers(reading).size()).isGreaterThan(before);
            assertNoGap(ids(reading));
        }
    }

    private static boolean isCutOff() {
        return String.join("\n", logOf(0)).contains("SERP00410");
    }

    private static List<String> logOf(int server) {
        try {
            return SERVERS.get(server).log();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A client that asks, and then reads nothing. */
    private static Socket notReading() throws IOException {
        String credentials = Base64.getEncoder().encodeToString(("admin:" + RunningServer.PASSWORD).getBytes(UTF_8));
        int port = SERVERS.get(0).uri("/").getPort();
        Socket socket = new Socket("localhost", port);
        socket.getOutputStream().write(("""
                GET /serpentry/api/v1/events HTTP/1.1\r
                Host: localhost:%d\r
                Authorization: Basic %s\r
                Accept: text/event-stream\r
                \r
                """.formatted(port, credentials)).getBytes(UTF_8));
        return socket;
    }

    @Test
    void noMoreMustListenThanMayAndAPlaceMustBeFreedByWhoLeaves() {
        List<EventListener> listeners = new ArrayList<>();
        for (int i = 0; i < MOST_CLIENTS; i++) {
            listeners.add(EventListener.on(SERVERS.get(1), "", null));
        }

        assertThat(EventListener.status(SERVERS.get(1), "", null)).isEqualTo(429);
        listeners.get(0).close();
        Await.until("a place is free", () -> EventListener.status(SERVERS.get(1), "", null) == 200);
        listeners.forEach(EventListener::close);
    }

    @Test
    void whatCanNotBeAnIdOrATypeMustBeRefused() {
        RestUser admin = RestUser.admin(SERVERS.get(0));
        for (String query : List.of(
                "after=x",
                "after=-1",
                "types=a b",
                "types=",
                "types=*",
                "limit=0",
                "cursor=x",
                "after=1&cursor=1",
                "q=1")) {
            JsonObject problem =
                    admin.get("/api/v1/events?" + query.replace(" ", "%20")).problem(400, "INVALID_ARGUMENT");
            assertThat(problem.getJsonObject("context").getString("field")).isNotBlank();
        }
        assertThat(EventListener.status(SERVERS.get(0), "?limit=1", null)).isEqualTo(400);
        assertThat(EventListener.status(SERVERS.get(0), "?after=x", null)).isEqualTo(400);
    }
}
