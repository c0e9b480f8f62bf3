// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerState;
import io.serpentry.placement.MigrationKind;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.PlannedMove;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.testkit.FakePool;
import io.serpentry.session.testkit.FakePools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final String POOL = "p";

    private final FakePools pools = new FakePools();
    private final SessionPlacements placements = new SessionPlacements();
    private final Planner planner = new Planner(pools, placements);

    private void warm(String worker, String... sessions) {
        for (String session : sessions) {
            placements.served(POOL, session, worker);
        }
    }

    private static PlannedMove move(String session, String from, String to) {
        return new PlannedMove(session, POOL, from, to);
    }

    private static void refused(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(PythonException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private static void refusedField(String field, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(InvalidArgumentException.class, e -> assertThat(e.context())
                .containsEntry("field", field));
    }

    // ---- migrate

    @Test
    void namedSessionsMustGoToTheWorkerFromWhereverTheyAre() {
        pools.pool(POOL, "a", "b", "c");
        warm("a", "s1");
        warm("b", "s2");

        MigrationPlan plan = planner.plan(MigrationRequest.migrate(POOL, List.of("s3", "s2", "s1", "s2"), null, "c"));

        assertThat(plan.moves()).containsExactly(move("s1", "a", "c"), move("s2", "b", "c"), move("s3", null, "c"));
        assertThat(plan.before()).isEqualTo(Map.of("a", 1, "b", 1, "c", 0));
        assertThat(plan.after()).isEqualTo(Map.of("a", 0, "b", 0, "c", 3));
    }

    @Test
    void withoutNamesAllSessionsOfTheWorkerMustGo() {
        pools.pool(POOL, "a", "b");
        warm("a", "s1", "s2");
        warm("b", "s3");

        MigrationPlan plan = planner.plan(MigrationRequest.migrate(POOL, List.of(), "a", "b"));

        assertThat(plan.moves()).containsExactly(move("s1", "a", "b"), move("s2", "a", "b"));
    }

    @Test
    void aSessionThatIsThereMustNotMove() {
        pools.pool(POOL, "a", "b");
        warm("b", "s1");

        assertThat(planner.plan(MigrationRequest.migrate(POOL, List.of("s1"), null, "b"))
                        .moves())
                .isEmpty();
    }

    @Test
    void aSessionOfADeadWorkerMustBeMovedFromIt() {
        pools.pool(POOL, "a", "b").end("a");
        warm("a", "s1");

        MigrationPlan plan = planner.plan(MigrationRequest.migrate(POOL, List.of("s1"), null, "b"));

        assertThat(plan.moves()).containsExactly(move("s1", "a", "b"));
        assertThat(plan.after()).isEqualTo(Map.of("b", 1));
    }

    @Test
    void whatAMigrationNeedsMustBeAskedFor() {
        FakePool pool = pools.pool(POOL, "a", "b", "cordoned", "starting", "draining");
        pool.cordon("cordoned");
        pool.state("starting", WorkerState.STARTING);
        pool.state("draining", WorkerState.DRAINING);
        warm("b", "s1");
        List<String> one = List.of("s1");

        refusedField("sessions", () -> planner.plan(MigrationRequest.migrate(POOL, List.of(), null, "a")));
        refused(ErrorCode.INVALID_ARGUMENT, () -> planner.plan(MigrationRequest.migrate("other", one, null, "a")));
        refused(ErrorCode.NOT_FOUND, () -> planner.plan(MigrationRequest.migrate(POOL, one, null, "x")));
        refused(ErrorCode.NOT_FOUND, () -> planner.plan(MigrationRequest.migrate(POOL, one, "x", "a")));
        refused(ErrorCode.ILLEGAL_STATE, () -> planner.plan(MigrationRequest.migrate(POOL, one, "a", "b")));
        refused(ErrorCode.ILLEGAL_STATE, () -> planner.plan(MigrationRequest.migrate(POOL, one, null, "cordoned")));
        refused(ErrorCode.ILLEGAL_STATE, () -> planner.plan(MigrationRequest.migrate(POOL, one, null, "starting")));
        refused(ErrorCode.ILLEGAL_STATE, () -> planner.plan(MigrationRequest.migrate(POOL, one, null, "draining")));
    }

    @Test
    void aMigrationWithoutATargetMustBeRefused() {
        pools.pool(POOL, "a");
        MigrationRequest request = new MigrationRequest(
                MigrationKind.MIGRATE, POOL, List.of("s1"), null, null, Map.of(), Duration.ofSeconds(1), "");

        refusedField("to", () -> planner.plan(request));
    }

    // ---- evacuate

    @Test
    void anEvacuationMustFillTheEmptiestOfTheOthers() {
        FakePool pool = pools.pool(POOL, "a", "b", "c", "cordoned", "starting");
        pool.cordon("cordoned");
        pool.state("starting", WorkerState.STARTING);
        warm("a", "s1", "s2", "s3", "s4");
        warm("b", "t1", "t2");

        MigrationPlan plan = planner.plan(MigrationRequest.evacuate(POOL, "a"));

        assertThat(plan.moves())
                .containsExactly(
                        move("s1", "a", "c"), move("s2", "a", "c"), move("s3", "a", "b"), move("s4", "a", "c"));
        assertThat(plan.after()).isEqualTo(Map.of("a", 0, "b", 3, "c", 3, "cordoned", 0, "starting", 0));
    }

    @Test
    void aCordonedWorkerMustBeEvacuatedToo() {
        pools.pool(POOL, "a", "b").cordon("a");
        warm("a", "s1");

        assertThat(planner.plan(MigrationRequest.evacuate(POOL, "a")).moves()).containsExactly(move("s1", "a", "b"));
    }

    @Test
    void theLastWorkerMustBeEvacuatedToNowhere() {
        pools.pool(POOL, "a");
        warm("a", "s1", "s2");

        MigrationPlan plan = planner.plan(MigrationRequest.evacuate(POOL, "a"));

        assertThat(plan.moves()).containsExactly(move("s1", "a", null), move("s2", "a", null));
        assertThat(plan.after()).isEqualTo(Map.of("a", 0));
    }

    @Test
    void aWorkerThatDoesNotLiveMustNotBeEvacuated() {
        pools.pool(POOL, "a");

        refused(ErrorCode.NOT_FOUND, () -> planner.plan(MigrationRequest.evacuate(POOL, "x")));
    }

    // ---- rebalance

    @Test
    void withoutTargetsSharesMustBeEqual() {
        pools.pool(POOL, "a", "b", "c");
        warm("a", "s1", "s2", "s3", "s4", "s5", "s6", "s7");

        MigrationPlan plan = planner.plan(MigrationRequest.rebalance(POOL, Map.of()));

        assertThat(plan.after()).isEqualTo(Map.of("a", 3, "b", 2, "c", 2));
        assertThat(plan.moves())
                .containsExactly(
                        move("s4", "a", "b"), move("s5", "a", "b"), move("s6", "a", "c"), move("s7", "a", "c"));
    }

    @Test
    void workersThatTakeNoSessionsMustBeLeftByARebalance() {
        FakePool pool = pools.pool(POOL, "a", "b", "c");
        pool.cordon("c");
        warm("c", "s1", "s2");

        MigrationPlan plan = planner.plan(MigrationRequest.rebalance(POOL, Map.of()));

        assertThat(plan.after()).isEqualTo(Map.of("a", 1, "b", 1, "c", 0));
    }

    @Test
    void workersThatAreNotAmongTheTargetsMustBeLeft() {
        pools.pool(POOL, "a", "b", "c");
        warm("c", "s1", "s2", "s3");

        MigrationPlan plan = planner.plan(MigrationRequest.rebalance(POOL, Map.of("a", 2, "b", 1)));

        assertThat(plan.after()).isEqualTo(Map.of("a", 2, "b", 1, "c", 0));
    }

    @Test
    void aRebalanceMustBeRefusedIfNobodyWouldHaveTheSessions() {
        FakePool pool = pools.pool(POOL, "a", "b");
        pool.cordon("b");

        refusedField("targets", () -> planner.plan(MigrationRequest.rebalance(POOL, Map.of("a", 0))));
        refused(ErrorCode.NOT_FOUND, () -> planner.plan(MigrationRequest.rebalance(POOL, Map.of("x", 1))));
        refused(ErrorCode.ILLEGAL_STATE, () -> planner.plan(MigrationRequest.rebalance(POOL, Map.of("b", 1))));
        pool.cordon("a");
        refused(ErrorCode.ILLEGAL_STATE, () -> planner.plan(MigrationRequest.rebalance(POOL, Map.of())));
    }

    // ---- drain

    @Test
    void aDrainMustPlaceAllSessionsOfAllPoolsNowhere() {
        pools.pool("q", "q1");
        pools.pool(POOL, "a", "b").end("b");
        warm("a", "s2", "s1");
        warm("b", "s3");
        placements.served("q", "s1", "q1");

        MigrationPlan plan = planner.plan(MigrationRequest.drain());

        assertThat(plan.moves())
                .containsExactly(
                        move("s1", "a", null),
                        move("s2", "a", null),
                        move("s3", "b", null),
                        new PlannedMove("s1", "q", "q1", null));
        assertThat(plan.before()).isEqualTo(Map.of("a", 2, "q1", 1));
        assertThat(plan.after()).isEqualTo(Map.of("a", 0, "q1", 0));
    }

    // ---- ids

    @Test
    void theSamePlacementsMustGiveTheSamePlanInWhateverOrderTheyCameAbout() {
        List<String> ids = new ArrayList<>();
        for (List<String> order : List.of(List.of("s1", "s2", "s3"), List.of("s3", "s1", "s2"))) {
            FakePools somePools = new FakePools();
            FakePool pool = somePools.pool(POOL);
            (order.get(0).equals("s1") ? List.of("a", "b", "c") : List.of("c", "a", "b")).forEach(pool::start);
            SessionPlacements somePlacements = new SessionPlacements();
            order.forEach(session -> somePlacements.served(POOL, session, "a"));
            Planner somePlanner = new Planner(somePools, somePlacements);
            ids.add(somePlanner.plan(MigrationRequest.evacuate(POOL, "a")).id());
        }

        assertThat(ids.get(0)).startsWith("plan-").hasSize(37).isEqualTo(ids.get(1));
    }

    @Test
    void anotherPlacementOrAnotherKindMustBeAnotherPlan() {
        pools.pool(POOL, "a", "b");
        warm("a", "s1", "s2");
        String evacuation = planner.plan(MigrationRequest.evacuate(POOL, "a")).id();
        String migration = planner.plan(MigrationRequest.migrate(POOL, List.of(), "a", "b"))
                .id();
        warm("b", "s2");
        String later = planner.plan(MigrationRequest.evacuate(POOL, "a")).id();

        assertThat(Set.of(evacuation, migration, later)).hasSize(3);
    }

    @Test
    void whyAndHowLongMustNotMakeAnotherPlan() {
        pools.pool(POOL, "a", "b");
        warm("a", "s1");
        MigrationRequest request = MigrationRequest.evacuate(POOL, "a");

        assertThat(planner.plan(request.because("new kernel").within(Duration.ofSeconds(1)))
                        .id())
                .isEqualTo(planner.plan(request).id());
    }
}
