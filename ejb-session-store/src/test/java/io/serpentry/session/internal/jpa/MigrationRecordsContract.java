// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static io.serpentry.placement.MigrationState.DONE;
import static io.serpentry.placement.MigrationState.PAUSED;
import static io.serpentry.placement.MigrationState.PLANNED;
import static io.serpentry.placement.MigrationState.ROLLED_BACK;
import static io.serpentry.placement.MigrationState.ROLLING_BACK;
import static io.serpentry.placement.MigrationState.RUNNING;
import static io.serpentry.placement.MigrationState.VERIFYING;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.placement.Migration;
import io.serpentry.placement.Migration.Progress;
import io.serpentry.placement.MigrationKind;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.MoveReceipt.State;
import io.serpentry.placement.MoveReceipt.Version;
import io.serpentry.placement.PlannedMove;
import io.serpentry.session.testkit.ManualClock;
import io.serpentry.session.testkit.Together;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every database must keep of migrations. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MigrationRecordsContract {

    private static final int THREADS = 16;
    private static final String SERVER = "node1";
    private static final String INSTANCE = "first start";
    private static final Instant START = ManualClock.START;
    private static final String DIGEST = "0123456789abcdef".repeat(4);

    private Database database;
    private ManualClock clock;
    private MigrationRecords records;

    abstract Database database() throws SQLException;

    @BeforeAll
    void open() throws SQLException {
        database = database();
    }

    @AfterAll
    void close() {
        database.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        clock = new ManualClock();
        records = new MigrationRecords(database.transactions(), clock);
        try (Connection connection = database.source().getConnection()) {
            Columns.update(connection, "delete from serpentry_migration");
        }
    }

    private Migration migration(String id, MigrationRequest request, MigrationState state, int total) {
        Instant now = clock.instant();
        Instant started = state == PLANNED ? null : now;
        return new Migration(
                id, "plan-1", request, state, SERVER, "ada", "", now, started, null, new Progress(total, 0, 0, 0));
    }

    private Migration opened(String id, MigrationState state, int moves) {
        Migration migration = migration(id, MigrationRequest.evacuate("default", "w1"), state, moves);
        assertThat(records.open(migration, INSTANCE, moves(moves))).isEqualTo(moves);
        return migration;
    }

    private static List<PlannedMove> moves(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> new PlannedMove("s" + number, "default", "w1", "w2"))
                .toList();
    }

    /** In that state, on the way that migrations get there. */
    private void brought(String id, MigrationState state) {
        opened(id, PLANNED, 2);
        List<MigrationState> way =
                switch (state) {
                    case PLANNED -> List.of();
                    case RUNNING -> List.of(RUNNING);
                    case PAUSED -> List.of(RUNNING, PAUSED);
                    case VERIFYING -> List.of(RUNNING, VERIFYING);
                    case DONE -> List.of(RUNNING, VERIFYING, DONE);
                    case ROLLING_BACK -> List.of(RUNNING, ROLLING_BACK);
                    case ROLLED_BACK -> List.of(RUNNING, ROLLING_BACK, ROLLED_BACK);
                };
        MigrationState now = PLANNED;
        for (MigrationState next : way) {
            assertThat(records.change(id, Set.of(now), next, "")).isTrue();
            now = next;
        }
    }

    private static MoveReceipt receipt(int number, State state) {
        boolean done = state == State.MOVED || state == State.RETURNED;
        return new MoveReceipt(
                number,
                "s" + number,
                "default",
                "w1",
                "w2",
                state,
                done ? new Version(3, DIGEST) : null,
                done ? new Version(4, DIGEST) : null,
                done ? 1 : 0,
                done ? START.plusMillis(17) : null,
                done ? Duration.ofNanos(1_234_000) : null,
                state == State.SKIPPED ? "the session has ended" : null);
    }

    private Migration found(String id) {
        return records.find(id).orElseThrow();
    }

    private List<MoveReceipt> receipts(String id) {
        return records.receipts(id, null, 0, 1000);
    }

    // ---- what was written is read

    @Test
    void aMigrationMustBeReadAsItWasWritten() {
        Migration migration = migration(
                "m",
                MigrationRequest.evacuate("default", "w1")
                        .within(Duration.ofMinutes(2))
                        .because("new kernel"),
                RUNNING,
                2);

        assertThat(records.open(migration, INSTANCE, moves(2))).isEqualTo(2);

        assertThat(records.find("m")).contains(migration);
        assertThat(records.instance("m")).contains(INSTANCE);
    }

    @Test
    void eachKindMustBeReadAsItWasWritten() {
        List<MigrationRequest> requests = List.of(
                MigrationRequest.migrate("default", List.of(), "w1", "w2"),
                MigrationRequest.evacuate("default", "w1"),
                MigrationRequest.rebalance("default", Map.of("w1", 0, "w\"2\\", 1_000_000)),
                MigrationRequest.drain());
        for (MigrationRequest request : requests) {
            String id = "m-" + request.kind();
            assertThat(records.open(migration(id, request, RUNNING, 0), INSTANCE, List.of()))
                    .isZero();
            assertThat(found(id).request()).isEqualTo(request);
        }
        assertThat(requests).extracting(MigrationRequest::kind).containsExactly(MigrationKind.values());
    }

    @Test
    void anUnknownMigrationMustNotBeFound() {
        assertThat(records.find("m")).isEmpty();
        assertThat(records.instance("m")).isEmpty();
        assertThat(records.change("m", Set.of(RUNNING), PAUSED, "")).isFalse();
        assertThat(records.seen("m")).isFalse();
        assertThat(records.record("m", List.of(receipt(0, State.MOVED)))).isFalse();
        assertThat(records.end("m", Set.of(ROLLING_BACK), "", "", "")).isFalse();
        assertThat(receipts("m")).isEmpty();
    }

    @Test
    void movesMustBePendingReceiptsInTheOrderOfThePlan() {
        assertThat(records.open(
                        migration("m", MigrationRequest.drain(), RUNNING, 2),
                        INSTANCE,
                        List.of(new PlannedMove("z", "a", null, "w"), new PlannedMove("y", "b", "w", null))))
                .isEqualTo(2);

        assertThat(receipts("m"))
                .containsExactly(
                        new MoveReceipt(0, "z", "a", null, "w", State.PENDING, null, null, 0, null, null, null),
                        new MoveReceipt(1, "y", "b", "w", null, State.PENDING, null, null, 0, null, null, null));
    }

    @Test
    void moreMovesThanOneBatchMustAllBeWritten() {
        opened("m", RUNNING, 2001);

        assertThat(records.receipts("m", null, 1999, 10))
                .extracting(MoveReceipt::number)
                .containsExactly(1999, 2000);
    }

    // ---- receipts

    @Test
    void receiptsMustBeReadAsTheyWereRecordedAndCounted() {
        opened("m", RUNNING, 4);
        List<MoveReceipt> written =
                List.of(receipt(0, State.MOVED), receipt(1, State.SKIPPED), receipt(2, State.RETURNED));

        assertThat(records.record("m", written)).isTrue();

        assertThat(receipts("m"))
                .startsWith(written.toArray(MoveReceipt[]::new))
                .hasSize(4);
        assertThat(found("m").progress()).isEqualTo(new Progress(4, 1, 1, 1));
    }

    @Test
    void aReceiptThatIsRecordedTwiceMustCountOnce() {
        opened("m", RUNNING, 2);
        assertThat(records.record("m", List.of(receipt(0, State.MOVED)))).isTrue();
        assertThat(records.record("m", List.of(receipt(0, State.MOVED)))).isTrue();
        assertThat(records.record("m", List.of(receipt(0, State.RETURNED)))).isTrue();

        assertThat(found("m").progress()).isEqualTo(new Progress(2, 0, 0, 1));
    }

    @Test
    void receiptsMustBeOfTheirMigrationOnly() {
        opened("m", RUNNING, 1);
        opened("n", RUNNING, 1);

        assertThat(records.record("m", List.of(receipt(0, State.MOVED)))).isTrue();

        assertThat(receipts("n")).extracting(MoveReceipt::state).containsExactly(State.PENDING);
        assertThat(found("n").progress()).isEqualTo(new Progress(1, 0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void receiptsMustBeWrittenOnlyWhileTheMigrationIsUnderWay(MigrationState state) {
        brought("m", state);

        boolean recorded = records.record("m", List.of(receipt(0, State.MOVED)));

        assertThat(recorded).isEqualTo(state.isUnderWay());
        assertThat(found("m").progress().moved()).isEqualTo(recorded ? 1 : 0);
        assertThat(receipts("m").get(0).state()).isEqualTo(recorded ? State.MOVED : State.PENDING);
        assertThat(records.seen("m")).isEqualTo(state.isUnderWay());
    }

    @Test
    void receiptsMustBePagedByNumberAndState() {
        opened("m", RUNNING, 10);
        assertThat(records.record(
                        "m", List.of(receipt(2, State.MOVED), receipt(5, State.MOVED), receipt(7, State.MOVED))))
                .isTrue();

        assertThat(records.receipts("m", State.MOVED, 3, 10))
                .extracting(MoveReceipt::number)
                .containsExactly(5, 7);
        assertThat(records.receipts("m", State.PENDING, 0, 3))
                .extracting(MoveReceipt::number)
                .containsExactly(0, 1, 3);
        assertThat(records.receipts("m", null, 8, 10))
                .extracting(MoveReceipt::number)
                .containsExactly(8, 9);
    }

    @Test
    void countsMustBeRightWhenManyThreadsRecord() {
        opened("m", RUNNING, THREADS * 10);

        List<Boolean> recorded = Together.run(THREADS, thread -> IntStream.range(0, 10)
                .allMatch(i -> records.record("m", List.of(receipt(thread * 10 + i, State.MOVED)))));

        assertThat(recorded).containsOnly(true);
        assertThat(found("m").progress()).isEqualTo(new Progress(THREADS * 10, THREADS * 10, 0, 0));
    }

    // ---- states

    @Test
    void aChangeMustSetTheTimesThatBelongToTheState() {
        opened("m", PLANNED, 0);
        assertThat(found("m").startedAt()).isNull();
        clock.pass(Duration.ofSeconds(1));
        assertThat(records.change("m", Set.of(PLANNED), RUNNING, "started by ada"))
                .isTrue();
        assertThat(found("m").startedAt()).isEqualTo(START.plusSeconds(1));
        assertThat(found("m").outcome()).isEqualTo("started by ada");
        clock.pass(Duration.ofSeconds(1));
        assertThat(records.change("m", Set.of(RUNNING), PAUSED, "")).isTrue();
        assertThat(records.change("m", Set.of(PAUSED), RUNNING, "")).isTrue();
        assertThat(found("m").startedAt())
                .as("a resumed one was started when it was")
                .isEqualTo(START.plusSeconds(1));
        assertThat(records.change("m", Set.of(RUNNING), VERIFYING, "")).isTrue();
        assertThat(records.change("m", Set.of(VERIFYING), DONE, "")).isTrue();
        assertThat(found("m").endedAt()).isEqualTo(START.plusSeconds(2));
        assertThat(records.change("m", Set.of(DONE), ROLLING_BACK, "")).isTrue();
        assertThat(found("m").endedAt())
                .as("one that is being taken back has not ended")
                .isNull();
    }

    @Test
    void aChangeFromAnotherStateMustChangeNothing() {
        opened("m", RUNNING, 0);

        assertThat(records.change("m", Set.of(PAUSED, VERIFYING), ROLLING_BACK, "late"))
                .isFalse();

        assertThat(found("m").state()).isEqualTo(RUNNING);
        assertThat(found("m").outcome()).isEmpty();
    }

    @Test
    void oneOfManyChangesFromTheSameStateMustWin() {
        List<MigrationState> next = List.copyOf(RUNNING.next());
        for (int round = 0; round < 20; round++) {
            String id = "m" + round;
            opened(id, RUNNING, 0);

            List<Boolean> changed = Together.run(
                    THREADS,
                    thread -> records.change(id, Set.of(RUNNING), next.get(thread % next.size()), "by " + thread));

            assertThat(Collections.frequency(changed, true)).isEqualTo(1);
            int winner = changed.indexOf(true);
            assertThat(found(id).state()).isEqualTo(next.get(winner % next.size()));
            assertThat(found(id).outcome()).isEqualTo("by " + winner);
        }
    }

    /** Whatever a failure says, the migration ends. */
    @Test
    void anOutcomeThatIsTooLongMustLoseItsEnd() {
        opened("m", RUNNING, 0);

        assertThat(records.change("m", Set.of(RUNNING), ROLLING_BACK, "it has failed\0: " + "é€😀".repeat(1000)))
                .isTrue();

        assertThat(found("m").outcome()).startsWith("it has failed?: é€😀").endsWith("…");
    }

    // ---- ends

    @Test
    void anEndMustTakeTheMovesAlong() {
        opened("m", RUNNING, 4);
        assertThat(records.record("m", List.of(receipt(0, State.MOVED), receipt(1, State.SKIPPED))))
                .isTrue();

        clock.pass(Duration.ofSeconds(5));
        assertThat(records.end("m", Set.of(RUNNING), "over", "too late", "its worker has ended"))
                .isTrue();

        assertThat(receipts("m"))
                .extracting(MoveReceipt::state)
                .containsExactly(State.RETURNED, State.SKIPPED, State.SKIPPED, State.SKIPPED);
        assertThat(receipts("m"))
                .extracting(MoveReceipt::problem)
                .containsExactly("its worker has ended", "the session has ended", "too late", "too late");
        assertThat(found("m").state()).isEqualTo(ROLLED_BACK);
        assertThat(found("m").outcome()).isEqualTo("over");
        assertThat(found("m").endedAt()).isEqualTo(START.plusSeconds(5));
        assertThat(found("m").progress()).isEqualTo(new Progress(4, 0, 3, 1));
    }

    @Test
    void anEndWithoutMovesMustBeOne() {
        opened("m", RUNNING, 0);

        assertThat(records.end("m", Set.of(RUNNING), "over", "", "")).isTrue();

        assertThat(found("m").state()).isEqualTo(ROLLED_BACK);
    }

    @Test
    void anEndFromAnotherStateMustLeaveTheMoves() {
        opened("m", RUNNING, 2);

        assertThat(records.end("m", Set.of(PLANNED), "never started", "never started", ""))
                .isFalse();

        assertThat(receipts("m")).extracting(MoveReceipt::state).containsOnly(State.PENDING);
        assertThat(found("m").state()).isEqualTo(RUNNING);
    }

    /** Somebody starts it while another one cancels it: what is under way keeps its moves, what has ended has none left. */
    @Test
    void aStartAndACancellationAtOnceMustNotBothHappen() {
        for (int round = 0; round < 20; round++) {
            String id = "m" + round;
            opened(id, PLANNED, 3);

            List<Boolean> done = Together.run(
                    THREADS,
                    thread -> thread % 2 == 0
                            ? records.change(id, Set.of(PLANNED), RUNNING, "")
                            : records.end(id, Set.of(PLANNED), "cancelled", "cancelled", ""));

            assertThat(Collections.frequency(done, true)).isEqualTo(1);
            State expected = found(id).state() == RUNNING ? State.PENDING : State.SKIPPED;
            assertThat(receipts(id)).extracting(MoveReceipt::state).containsOnly(expected);
        }
    }

    /** One server ends what another one still works on: no receipt is written after the end. */
    @Test
    void receiptsAndAnEndAtOnceMustLeaveNothingMoved() {
        for (int round = 0; round < 20; round++) {
            String id = "m" + round;
            opened(id, RUNNING, THREADS);

            List<Boolean> done = Together.run(
                    THREADS,
                    thread -> thread == 0
                            ? records.end(id, Set.of(RUNNING), "over", "over", "over")
                            : records.record(id, List.of(receipt(thread, State.MOVED))));

            assertThat(done.get(0)).isTrue();
            assertThat(receipts(id)).extracting(MoveReceipt::state).isSubsetOf(State.SKIPPED, State.RETURNED);
            Progress progress = found(id).progress();
            assertThat(progress.moved()).isZero();
            assertThat(progress.skipped() + progress.returned()).isEqualTo(THREADS);
            assertThat(progress.returned()).isEqualTo(Collections.frequency(done.subList(1, THREADS), true));
        }
    }

    // ---- lists

    @Test
    void pagesMustGoThroughAllTheNewestFirst() {
        for (int i = 0; i < 7; i++) {
            if (i % 2 == 0) {
                clock.pass(Duration.ofMillis(1));
            }
            opened("m" + i, RUNNING, 0);
        }

        List<String> seen = new ArrayList<>();
        String after = null;
        List<Migration> page = records.list(null, 3);
        while (!page.isEmpty()) {
            page.forEach(migration -> seen.add(migration.id()));
            after = seen.get(seen.size() - 1);
            page = records.list(after, 3);
        }

        assertThat(after).isEqualTo("m0");
        assertThat(seen).containsExactly("m6", "m5", "m4", "m3", "m2", "m1", "m0");
        assertThat(records.list("unknown", 3)).isEmpty();
    }

    @Test
    void onlyWhatNobodyWorksOnMustBeAbandoned() {
        for (MigrationState state : MigrationState.values()) {
            brought("m-" + state, state);
        }
        Instant later = START.plusSeconds(120);
        Instant never = Instant.EPOCH;

        assertThat(records.abandoned(SERVER, INSTANCE, START, never))
                .as("seen just now")
                .isEmpty();
        assertThat(records.abandoned(SERVER, INSTANCE, later, never))
                .as("not seen for long")
                .containsExactlyInAnyOrder("m-RUNNING", "m-PAUSED", "m-VERIFYING", "m-ROLLING_BACK");
        assertThat(records.abandoned(SERVER, "second start", START, never))
                .as("of an earlier start of this server")
                .containsExactlyInAnyOrder("m-PLANNED", "m-RUNNING", "m-PAUSED", "m-VERIFYING", "m-ROLLING_BACK");
        assertThat(records.abandoned("node2", "another", START, never))
                .as("of another server")
                .isEmpty();
        assertThat(records.abandoned("node2", "another", START, later))
                .as("proposed long ago, by whichever server")
                .containsExactly("m-PLANNED");
    }

    @Test
    void whoeverIsSeenMustNotBeAbandoned() {
        opened("m", RUNNING, 1);
        opened("n", RUNNING, 1);
        clock.pass(Duration.ofSeconds(100));
        assertThat(records.seen("m")).isTrue();
        assertThat(records.record("n", List.of(receipt(0, State.MOVED)))).isTrue();

        Instant between = START.plusSeconds(50);

        assertThat(records.abandoned("node2", "another", between, Instant.EPOCH))
                .isEmpty();
    }

    // ---- sums

    @Test
    void statisticsMustSumUpWhatIsKept() throws SQLException {
        assertThat(records.statistics().states()).isEmpty();
        assertThat(records.statistics().longest()).isZero();

        opened("a", RUNNING, 3);
        assertThat(records.record(
                        "a", List.of(receipt(0, State.MOVED), receipt(1, State.MOVED), receipt(2, State.SKIPPED))))
                .isTrue();
        clock.pass(Duration.ofSeconds(9));
        assertThat(records.change("a", Set.of(RUNNING), VERIFYING, "")).isTrue();
        assertThat(records.change("a", Set.of(VERIFYING), DONE, "")).isTrue();
        opened("b", RUNNING, 2);
        assertThat(records.record("b", List.of(receipt(0, State.MOVED)))).isTrue();
        clock.pass(Duration.ofSeconds(99));
        assertThat(records.end("b", Set.of(RUNNING), "", "", "")).isTrue();
        opened("c", PLANNED, 1);
        opened("d", PLANNED, 1);

        assertThat(records.statistics().states()).isEqualTo(Map.of(DONE, 1, ROLLED_BACK, 1, PLANNED, 2));
        assertThat(records.statistics().sessionsMoved()).isEqualTo(2);
        assertThat(records.statistics().sessionsReturned()).isEqualTo(1);
        assertThat(records.statistics().longest()).isEqualTo(Duration.ofSeconds(9));
    }

    // ---- forgetting

    @Test
    void onlyWhatHasEndedBeforeMustBeForgottenWithItsReceipts() throws SQLException {
        for (MigrationState state : MigrationState.values()) {
            brought("m-" + state, state);
        }

        assertThat(records.forget(START, 100)).as("ended just then").isZero();
        assertThat(records.forget(START.plusMillis(1), 100)).isEqualTo(2);

        assertThat(records.list(null, 100))
                .extracting(Migration::id)
                .containsExactlyInAnyOrder("m-PLANNED", "m-RUNNING", "m-PAUSED", "m-VERIFYING", "m-ROLLING_BACK");
        assertThat(storedMoves()).isEqualTo(5 * 2);
    }

    @Test
    void noMoreThanTheLimitMustBeForgottenAtOnce() {
        for (int i = 0; i < 5; i++) {
            brought("m" + i, ROLLED_BACK);
        }

        assertThat(records.forget(START.plusMillis(1), 2)).isEqualTo(2);
        assertThat(records.forget(START.plusMillis(1), 2)).isEqualTo(2);
        assertThat(records.forget(START.plusMillis(1), 2)).isEqualTo(1);
    }

    private long storedMoves() throws SQLException {
        try (Connection connection = database.source().getConnection();
                PreparedStatement query = connection.prepareStatement("select count(*) from serpentry_migration_move");
                ResultSet rows = query.executeQuery()) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }
}
