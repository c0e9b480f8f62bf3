// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.event.NewEvent;
import io.serpentry.event.ServerEvent;
import io.serpentry.session.internal.jpa.EventBatch.Published;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log of events, in both databases. */
class EventLogTest {

    private static final Instant START = Instant.parse("2030-01-01T00:00:00.123Z");

    private Database database;
    private JpaEventLog log;

    private void open(String kind) throws SQLException {
        database = kind.equals("H2") ? Database.h2() : Database.postgres();
        log = new JpaEventLog(database.transactions());
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static EventBatch batch(String id, Instant at, String... types) {
        return new EventBatch(
                id,
                "node1",
                Arrays.stream(types)
                        .map(type -> new Published(at, new NewEvent(type, Map.of())))
                        .toList());
    }

    private static EventBatch batch(String... types) {
        return batch(UUID.randomUUID().toString(), START, types);
    }

    private List<String> texts() {
        return log.after(0, 1000).stream()
                .map(event -> event.id() + " " + event.type())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void anEmptyLogMustHaveNoEventAndBeginWithOne(String kind) throws SQLException {
        open(kind);

        assertThat(log.last()).isZero();
        assertThat(log.first()).isEqualTo(1);
        assertThat(log.after(0, 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void eventsMustBeReadAsTheyWerePublishedInTheirOrder(String kind) throws SQLException {
        open(kind);
        Map<String, Object> data = new HashMap<>();
        data.put("session", "s");
        data.put("text", "ümlaut \u0000 \"\n");
        data.put("number", 9007199254740993L);
        data.put("fraction", 0.1);
        data.put("truth", true);
        data.put("nothing", null);
        data.put("list", List.of(1, Map.of("a", List.of())));

        long last = log.append(new EventBatch(
                "b",
                "node1",
                List.of(
                        new Published(START, new NewEvent("a.b", data)),
                        new Published(START.plusMillis(1), new NewEvent("c", Map.of())))));

        assertThat(last).isEqualTo(2);
        assertThat(log.last()).isEqualTo(2);
        data.put("fraction", new BigDecimal("0.1"));
        data.put("list", List.of(1L, Map.of("a", List.of())));
        assertThat(log.after(0, 10))
                .containsExactly(
                        new ServerEvent(1, START, "node1", "a.b", data),
                        new ServerEvent(2, START.plusMillis(1), "node1", "c", Map.of()));
        assertThat(log.after(1, 10)).extracting(ServerEvent::id).containsExactly(2L);
        assertThat(log.after(0, 1)).extracting(ServerEvent::id).containsExactly(1L);
        assertThat(log.after(2, 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void whoeverSeesAnEventMustSeeAllBelowItWhileManyWrite(String kind) throws SQLException {
        open(kind);
        int writers = 6;
        int rounds = 40;
        AtomicInteger writing = new AtomicInteger(writers);
        List<List<Long>> seen = Collections.synchronizedList(new ArrayList<>());

        Threads.run(writers + 2, thread -> {
            if (thread < writers) {
                for (int i = 0; i < rounds; i++) {
                    log.append(batch("w" + thread, "x" + i));
                }
                writing.decrementAndGet();
            } else {
                seen.add(followed(writing));
            }
        });

        List<Long> all =
                LongStream.rangeClosed(1, 2L * writers * rounds).boxed().toList();
        assertThat(seen).hasSize(2).allSatisfy(ids -> assertThat(ids).isEqualTo(all));
    }

    /** As a client does it: what follows the last that was seen, again and again. */
    private List<Long> followed(AtomicInteger writing) {
        List<Long> ids = new ArrayList<>();
        boolean last;
        do {
            last = writing.get() == 0;
            long from = ids.isEmpty() ? 0 : ids.get(ids.size() - 1);
            log.after(from, 1000).forEach(event -> ids.add(event.id()));
        } while (!last);
        return ids;
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void anEventOfATransactionThatIsNotCommittedMustKeepTheNextFromBeingSeenBeforeIt(String kind) throws Exception {
        open(kind);
        LocalTransactions transactions = database.transactions();
        List<Thread> others = new ArrayList<>();

        transactions.transaction(() -> {
            transactions.write(connection -> {
                long last = EventTable.lockLast(connection);
                EventTable.setLast(connection, last + 1);
                EventTable.insert(connection, batch("slow"), last);
                return last;
            });
            Thread other = new Thread(() -> log.append(batch("fast")));
            other.start();
            others.add(other);
            List<ServerEvent> seen = new ArrayList<>();
            // Of what the other has done by now, nothing may be there.
            Threads.run(1, thread -> seen.addAll(log.after(0, 10)));
            assertThat(seen).isEmpty();
            return null;
        });
        others.get(0).join();

        assertThat(texts()).containsExactly("1 slow", "2 fast");
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void aBatchOfUnknownOutcomeMustBeWrittenOnce(String kind) throws SQLException {
        open(kind);
        log.append(batch("before"));
        EventBatch written = batch("a", "b");
        EventBatch lost = batch("c");
        log.append(written);
        log.append(batch("other"));

        assertThat(log.appendAgain(written, 1)).isEqualTo(3);
        assertThat(log.appendAgain(lost, 1)).isEqualTo(5);

        assertThat(texts()).containsExactly("1 before", "2 a", "3 b", "4 other", "5 c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void aBatchThatFailsMustLeaveNoGap(String kind) throws SQLException {
        open(kind);
        EventBatch tooLong = batch("x".repeat(37), START, "a");

        assertThatThrownBy(() -> log.append(tooLong)).isInstanceOf(RuntimeException.class);
        log.append(batch("b"));

        assertThat(texts()).containsExactly("1 b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void whatIsOldMustBeForgottenFromTheBeginning(String kind) throws SQLException {
        open(kind);
        log.append(batch("1", START, "a", "b"));
        log.append(batch("2", START.plusSeconds(2), "c"));
        log.append(batch("3", START.plusSeconds(1), "late"));
        log.append(batch("4", START.plusSeconds(3), "d"));

        assertThat(log.forget(START, 100, 100)).isZero();
        assertThat(log.forget(START.plusSeconds(2), 100, 1)).isEqualTo(1);
        assertThat(log.forget(START.plusSeconds(2), 100, 100)).isEqualTo(1);
        assertThat(texts()).as("none in the middle").containsExactly("3 c", "4 late", "5 d");
        assertThat(log.first()).isEqualTo(3);

        assertThat(log.forget(START, 1, 100)).as("over the number").isEqualTo(2);
        assertThat(texts()).containsExactly("5 d");
        assertThat(log.forget(START.plusSeconds(4), 100, 100)).isEqualTo(1);
        assertThat(log.first()).isEqualTo(6);
        assertThat(log.last()).isEqualTo(5);
        log.append(batch("e"));
        assertThat(texts()).containsExactly("6 e");
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void manyInOneBatchMustKeepTheirOrder(String kind) throws SQLException {
        open(kind);
        String[] types = IntStream.range(0, 500).mapToObj(i -> "e" + i).toArray(String[]::new);

        assertThat(log.append(batch(types))).isEqualTo(500);

        assertThat(log.after(0, 1000)).extracting(ServerEvent::type).containsExactly(types);
    }
}
