// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static io.serpentry.session.internal.config.MigrationSettings.Action.OFF;
import static io.serpentry.session.internal.config.MigrationSettings.Action.PROPOSE;
import static io.serpentry.session.internal.config.MigrationSettings.Action.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.EndedCall;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.placement.Migration;
import io.serpentry.placement.Migration.Progress;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.internal.config.MigrationSettings;
import io.serpentry.session.internal.config.MigrationSettings.Action;
import io.serpentry.session.internal.config.MigrationSettings.Health;
import io.serpentry.session.testkit.FakePool;
import io.serpentry.session.testkit.FakePools;
import io.serpentry.session.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MigrationRulesTest {

    private static final String POOL = "p";
    private static final long LIMIT = 1000;
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final MigrationRequest REQUEST = MigrationRequest.rebalance(POOL, Map.of());

    private final ManualClock clock = new ManualClock();
    private final FakePools pools = new FakePools();
    private final SessionPlacements placements = new SessionPlacements();
    private final Begun begun = new Begun();

    /** What rules have done; nothing is carried out. */
    private final class Begun extends CentralMigrations {

        private final List<String> did = new ArrayList<>();
        private final Set<String> busy = new HashSet<>();
        private RuntimeException failure;
        private boolean draining;
        /** How what was begun has ended; nothing has that is not here. */
        private final Map<String, MigrationState> ended = new HashMap<>();

        private int number;

        @Override
        public Optional<Migration> find(String id) {
            return Optional.ofNullable(ended.get(id)).map(state -> migration(id, "", plan(REQUEST), state));
        }

        @Override
        public MigrationPlan plan(MigrationRequest request) {
            return new Planner(MigrationRulesTest.this.pools, placements).plan(request);
        }

        @Override
        Migration proposed(String rule, MigrationPlan plan) {
            return done("proposed", rule, plan, MigrationState.PLANNED);
        }

        @Override
        Migration begunBy(String rule, MigrationPlan plan) {
            return done("begun", rule, plan, MigrationState.RUNNING);
        }

        @Override
        void withdraw(Migration proposal, String why) {
            did.add("withdrawn " + proposal.id());
        }

        @Override
        boolean isBusy(String pool) {
            return busy.contains(pool);
        }

        @Override
        public boolean isDraining() {
            return draining;
        }

        private Migration done(String what, String rule, MigrationPlan plan, MigrationState state) {
            if (failure != null) {
                throw failure;
            }
            MigrationRequest request = plan.request();
            String from = request.from() == null ? "" : " " + request.from();
            did.add(what + " " + rule + " " + request.kind() + from + " in " + request.pool() + " of "
                    + plan.moves().size());
            number++;
            return migration("m" + number, rule, plan, state);
        }

        private Migration migration(String id, String rule, MigrationPlan plan, MigrationState state) {
            return new Migration(
                    id,
                    plan.id(),
                    plan.request(),
                    state,
                    "node1",
                    rule,
                    "",
                    ManualClock.START,
                    null,
                    null,
                    new Progress(plan.moves().size(), 0, 0, 0));
        }

        List<String> take() {
            List<String> taken = List.copyOf(did);
            did.clear();
            return taken;
        }
    }

    private MigrationRules rules(Action rebalance, Action resize, Action health) {
        return rules(rebalance, resize, new Health(health, LIMIT, 0, 1, WINDOW));
    }

    private MigrationRules rules(Action rebalance, Action resize, Health health) {
        return new MigrationRules(
                new MigrationSettings(
                        Duration.ofDays(1),
                        Duration.ofSeconds(1),
                        rebalance,
                        150,
                        10,
                        resize,
                        health,
                        Duration.ZERO,
                        List.of()),
                begun,
                clock);
    }

    private List<String> look(MigrationRules rules) {
        rules.look(pools.list(), placements);
        return begun.take();
    }

    private void sessions(String worker, int count) {
        for (int i = 0; i < count; i++) {
            placements.served(POOL, worker + "-" + i, worker);
        }
    }

    // ---- uneven

    @Test
    void aPoolThatIsUnevenMustBeRebalanced() {
        pools.pool(POOL, "a", "b");
        sessions("a", 10);

        assertThat(look(rules(RUN, OFF, OFF))).containsExactly("begun rule:rebalance REBALANCE in p of 5");
    }

    @Test
    void aPoolWithFewSessionsMustBeLeftAsItIs() {
        pools.pool(POOL, "a", "b");
        sessions("a", 9);

        assertThat(look(rules(RUN, OFF, OFF))).isEmpty();
    }

    @Test
    void aPoolThatIsJustNotUnevenMustBeLeftAsItIs() {
        pools.pool(POOL, "a", "b");
        sessions("a", 15);
        sessions("b", 5);
        MigrationRules rules = rules(RUN, OFF, OFF);

        assertThat(look(rules)).as("150 % of an equal share").isEmpty();
        placements.served(POOL, "one-more", "a");
        assertThat(look(rules)).as("over 150 %").containsExactly("begun rule:rebalance REBALANCE in p of 5");
    }

    @Test
    void oneWorkerMustNeverBeUneven() {
        pools.pool(POOL, "a");
        sessions("a", 100);

        assertThat(look(rules(RUN, OFF, OFF))).isEmpty();
    }

    @Test
    void rulesThatAreOffMustDoNothing() {
        FakePool pool = pools.pool(POOL, "a", "b");
        sessions("a", 100);
        pool.memory("a", LIMIT + 1);
        MigrationRules rules = rules(OFF, OFF, OFF);
        assertThat(look(rules)).isEmpty();
        pool.start("c");

        assertThat(look(rules)).isEmpty();
    }

    // ---- resized

    @Test
    void aPoolThatHasGrownMustBeRebalancedOnce() {
        FakePool pool = pools.pool(POOL, "a", "b");
        sessions("a", 3);
        MigrationRules rules = rules(OFF, RUN, OFF);
        assertThat(look(rules)).as("its size is learned").isEmpty();
        pool.start("c");

        assertThat(look(rules)).containsExactly("begun rule:resize REBALANCE in p of 2");
        assertThat(look(rules)).isEmpty();
    }

    @Test
    void aWorkerThatWasReplacedMustBeNoResize() {
        FakePool pool = pools.pool(POOL, "a", "b");
        sessions("a", 3);
        MigrationRules rules = rules(OFF, RUN, OFF);
        assertThat(look(rules)).isEmpty();
        pool.end("b");
        pool.start("c");

        assertThat(look(rules)).isEmpty();
    }

    @Test
    void aResizeMustBeSeenAgainWhenAnotherMigrationWasInTheWay() {
        FakePool pool = pools.pool(POOL, "a", "b");
        sessions("a", 3);
        MigrationRules rules = rules(OFF, RUN, OFF);
        assertThat(look(rules)).isEmpty();
        pool.start("c");
        begun.failure = PythonException.of(ErrorDetail.of(ErrorCode.ILLEGAL_STATE, "another one is under way"));
        assertThat(look(rules)).isEmpty();
        begun.failure = null;

        assertThat(look(rules)).containsExactly("begun rule:resize REBALANCE in p of 2");
    }

    @Test
    void aResizeMustBeSeenAgainWhenTheStoreWasNotThere() {
        FakePool pool = pools.pool(POOL, "a", "b");
        sessions("a", 3);
        MigrationRules rules = rules(OFF, RUN, OFF);
        assertThat(look(rules)).isEmpty();
        pool.start("c");
        begun.failure = FakeLedger.unavailable();
        assertThatThrownBy(() -> look(rules)).isInstanceOf(StoreUnavailableException.class);
        begun.failure = null;

        assertThat(look(rules)).containsExactly("begun rule:resize REBALANCE in p of 2");
    }

    @Test
    void aPoolWithoutWorkersMustNotKeepOthersFromBeingLookedAt() {
        FakePool empty = pools.pool("empty", "e");
        pools.pool(POOL, "a", "b");
        sessions("a", 10);
        MigrationRules rules = rules(RUN, RUN, OFF);
        assertThat(look(rules)).hasSize(1);
        empty.end("e");

        assertThat(look(rules)).containsExactly("begun rule:rebalance REBALANCE in p of 5");
    }

    // ---- not well

    @Test
    void aWorkerWithTooMuchMemoryMustBeEvacuatedOnce() {
        FakePool pool = pools.pool(POOL, "a", "b");
        sessions("a", 3);
        pool.memory("a", LIMIT + 1);
        pool.memory("b", LIMIT);
        MigrationRules rules = rules(OFF, OFF, RUN);

        assertThat(look(rules)).containsExactly("begun rule:health EVACUATE a in p of 3");
        assertThat(look(rules)).isEmpty();
    }

    @Test
    void aWorkerWithoutSessionsMustBeEvacuatedToo() {
        pools.pool(POOL, "a", "b").memory("a", LIMIT + 1);

        assertThat(look(rules(OFF, OFF, RUN))).containsExactly("begun rule:health EVACUATE a in p of 0");
    }

    @Test
    void onlyOneWorkerOfAPoolMustBeEvacuatedAtATime() {
        FakePool pool = pools.pool(POOL, "a", "b", "c");
        pool.memory("a", LIMIT + 1);
        pool.memory("b", LIMIT + 1);
        MigrationRules rules = rules(OFF, OFF, RUN);

        assertThat(look(rules)).containsExactly("begun rule:health EVACUATE a in p of 0");
        assertThat(look(rules)).containsExactly("begun rule:health EVACUATE b in p of 0");
    }

    /** The other pool is looked at in between. */
    @Test
    void aProposalForOnePoolMustNotBeForgottenForAnother() {
        FakePool pool = pools.pool(POOL, "a", "b");
        pools.pool("q", "c", "d");
        pool.memory("a", LIMIT + 1);
        MigrationRules rules = rules(OFF, OFF, PROPOSE);
        assertThat(look(rules)).containsExactly("proposed rule:health EVACUATE a in p of 0");
        sessions("a", 1);

        assertThat(look(rules)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"ILLEGAL_STATE", "STORE_UNAVAILABLE"})
    void aWorkerMustBeLookedAtAgainWhenItsEvacuationCouldNotBegin(ErrorCode code) {
        pools.pool(POOL, "a", "b").memory("a", LIMIT + 1);
        MigrationRules rules = rules(OFF, OFF, RUN);
        begun.failure = code == ErrorCode.ILLEGAL_STATE
                ? PythonException.of(ErrorDetail.of(code, "planted"))
                : FakeLedger.unavailable();
        try {
            assertThat(look(rules)).isEmpty();
        } catch (StoreUnavailableException e) {
            assertThat(code).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        }
        begun.failure = null;

        assertThat(look(rules)).containsExactly("begun rule:health EVACUATE a in p of 0");
    }

    @Test
    void anEvacuationThatWasRolledBackMustBeTriedAgainAfterPausesThatGrow() {
        pools.pool(POOL, "a", "b").memory("a", LIMIT + 1);
        MigrationRules rules = rules(OFF, OFF, RUN);
        assertThat(look(rules)).containsExactly("begun rule:health EVACUATE a in p of 0");
        begun.ended.put("m1", MigrationState.ROLLED_BACK);

        assertThat(look(rules)).as("at once").isEmpty();
        clock.pass(Duration.ofSeconds(2));
        assertThat(look(rules)).as("after twice the interval").hasSize(1);
        begun.ended.put("m2", MigrationState.ROLLED_BACK);
        clock.pass(Duration.ofSeconds(3));
        assertThat(look(rules)).as("less than four times the interval later").isEmpty();
        clock.pass(Duration.ofSeconds(1));
        assertThat(look(rules)).containsExactly("begun rule:health EVACUATE a in p of 0");
        begun.ended.put("m3", MigrationState.ROLLED_BACK);
        for (int i = 0; i < 40; i++) {
            clock.pass(Duration.ofHours(1));
            assertThat(look(rules)).as("an hour later, the longest pause").hasSize(1);
            begun.ended.put("m" + begun.number, MigrationState.ROLLED_BACK);
        }
    }

    @Test
    void anEvacuationThatIsDoneMustNotBeTriedAgain() {
        pools.pool(POOL, "a", "b").memory("a", LIMIT + 1);
        MigrationRules rules = rules(OFF, OFF, RUN);
        assertThat(look(rules)).hasSize(1);
        begun.ended.put("m1", MigrationState.DONE);
        clock.pass(Duration.ofDays(1));

        assertThat(look(rules)).isEmpty();
    }

    @Test
    void aProposalThatWasCancelledMustNotBeMadeAgain() {
        pools.pool(POOL, "a", "b").memory("a", LIMIT + 1);
        MigrationRules rules = rules(OFF, OFF, PROPOSE);
        assertThat(look(rules)).hasSize(1);
        begun.ended.put("m1", MigrationState.ROLLED_BACK);
        clock.pass(Duration.ofDays(1));

        assertThat(look(rules)).isEmpty();
    }

    @Test
    void aResizeThatWasRolledBackMustBeTriedAgain() {
        FakePool pool = pools.pool(POOL, "a", "b");
        sessions("a", 3);
        MigrationRules rules = rules(OFF, RUN, OFF);
        assertThat(look(rules)).isEmpty();
        pool.start("c");
        assertThat(look(rules)).hasSize(1);
        begun.ended.put("m1", MigrationState.ROLLED_BACK);
        assertThat(look(rules)).as("at once").isEmpty();
        clock.pass(Duration.ofSeconds(2));

        assertThat(look(rules)).containsExactly("begun rule:resize REBALANCE in p of 2");
        begun.ended.put("m2", MigrationState.DONE);
        clock.pass(Duration.ofDays(1));
        assertThat(look(rules)).isEmpty();
    }

    // ---- calls that fail

    private MigrationRules faultRules() {
        return rules(OFF, OFF, new Health(RUN, 0, 50, 10, WINDOW));
    }

    private static void calls(MigrationRules rules, String worker, int count, ErrorCode failure) {
        for (int i = 0; i < count; i++) {
            rules.faults()
                    .callEnded(
                            new EndedCall(POOL, "a.b", new WorkerIdentity(worker, 1), Duration.ofMillis(1), failure));
        }
    }

    @Test
    void aWorkerWhoseCallsFailWhileThoseOfOthersDoNotMustBeEvacuated() {
        pools.pool(POOL, "a", "b", "c");
        sessions("a", 2);
        MigrationRules rules = faultRules();
        calls(rules, "a", 11, ErrorCode.PYTHON_RAISED);
        calls(rules, "a", 9, null);
        calls(rules, "b", 5, null);
        calls(rules, "c", 5, null);

        assertThat(look(rules)).containsExactly("begun rule:health EVACUATE a in p of 2");
        assertThat(look(rules)).as("once").isEmpty();
    }

    @Test
    void aFunctionThatFailsEverywhereMustBeNoWorkersFault() {
        pools.pool(POOL, "a", "b");
        MigrationRules rules = faultRules();
        calls(rules, "a", 20, ErrorCode.PYTHON_RAISED);
        calls(rules, "b", 20, ErrorCode.PYTHON_RAISED);

        assertThat(look(rules)).isEmpty();
    }

    @Test
    void ofFewCallsNothingMustBeConcluded() {
        pools.pool(POOL, "a", "b");
        MigrationRules rules = faultRules();
        calls(rules, "a", 9, ErrorCode.PYTHON_RAISED);
        calls(rules, "b", 100, null);
        assertThat(look(rules)).as("few of its own").isEmpty();

        MigrationRules other = faultRules();
        calls(other, "a", 100, ErrorCode.PYTHON_RAISED);
        calls(other, "b", 9, null);
        assertThat(look(other)).as("few of the others").isEmpty();
    }

    @Test
    void whatTheCallerDidWrongOrWasLongAgoMustNotCount() {
        pools.pool(POOL, "a", "b");
        MigrationRules rules = faultRules();
        calls(rules, "a", 20, ErrorCode.INVALID_ARGUMENT);
        calls(rules, "a", 20, ErrorCode.SESSION_CONFLICT);
        calls(rules, "b", 50, null);
        assertThat(look(rules)).as("wrong requests").isEmpty();

        calls(rules, "a", 40, ErrorCode.PYTHON_RAISED);
        assertThat(look(rules)).as("half, not over half").isEmpty();
        clock.pass(WINDOW.plusMillis(1));
        assertThat(look(rules)).as("all of it is too old").isEmpty();
    }

    // ---- proposals

    @Test
    void theSamePlanMustBeProposedOnce() {
        pools.pool(POOL, "a", "b");
        sessions("a", 10);
        MigrationRules rules = rules(PROPOSE, OFF, OFF);

        assertThat(look(rules)).containsExactly("proposed rule:rebalance REBALANCE in p of 5");
        assertThat(look(rules)).isEmpty();
    }

    @Test
    void aProposalThatDoesNotHoldAnyMoreMustBeWithdrawnForTheNext() {
        pools.pool(POOL, "a", "b");
        sessions("a", 10);
        MigrationRules rules = rules(PROPOSE, OFF, OFF);
        assertThat(look(rules)).hasSize(1);
        sessions("a", 12);

        assertThat(look(rules)).containsExactly("proposed rule:rebalance REBALANCE in p of 6", "withdrawn m1");
    }

    @Test
    void aPoolThatIsEvenAgainMustHaveNoProposal() {
        pools.pool(POOL, "a", "b");
        sessions("a", 10);
        MigrationRules rules = rules(PROPOSE, OFF, OFF);
        assertThat(look(rules)).hasSize(1);
        sessions("b", 10);

        assertThat(look(rules)).containsExactly("withdrawn m1");
        assertThat(look(rules)).isEmpty();
    }

    @Test
    void whatIsBeingMovedMustBeLeftToThat() {
        FakePool pool = pools.pool(POOL, "a", "b");
        sessions("a", 10);
        MigrationRules rules = rules(PROPOSE, RUN, RUN);
        begun.busy.add(POOL);
        pool.memory("a", LIMIT + 1);

        assertThat(look(rules)).isEmpty();
    }

    @Test
    void aServerThatIsDrainedMustNotBeFilledAgain() {
        pools.pool(POOL, "a", "b");
        sessions("a", 10);
        begun.draining = true;

        assertThat(look(rules(RUN, RUN, RUN))).isEmpty();
    }
}
