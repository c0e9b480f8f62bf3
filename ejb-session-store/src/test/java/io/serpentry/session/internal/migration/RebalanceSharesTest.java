// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.PlannedMove;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.testkit.FakePool;
import io.serpentry.session.testkit.FakePools;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever the loads and the shares are. */
class RebalanceSharesTest {

    private static final String POOL = "p";

    /** Sessions of some workers, shared out by some shares among the first of them. */
    @Property(tries = 300)
    void everyTargetMustBeWithinOneSessionOfItsShare(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 40) Integer> loads,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 1_000_000) Integer> shares) {
        FakePools somePools = new FakePools();
        SessionPlacements somePlacements = new SessionPlacements();
        FakePool pool = somePools.pool(POOL);
        Map<String, String> placed = new HashMap<>();
        for (int worker = 0; worker < Math.max(loads.size(), shares.size()); worker++) {
            pool.start("w" + worker);
            for (int i = 0; worker < loads.size() && i < loads.get(worker); i++) {
                String session = "s" + i + "-" + worker;
                somePlacements.served(POOL, session, "w" + worker);
                placed.put(session, "w" + worker);
            }
        }
        Map<String, Integer> targets = new TreeMap<>();
        for (int i = 0; i < shares.size(); i++) {
            targets.put("w" + i, shares.get(i));
        }
        long sum = shares.stream().mapToLong(Integer::longValue).sum();
        if (sum == 0) {
            return;
        }

        MigrationPlan plan = new Planner(somePools, somePlacements).plan(MigrationRequest.rebalance(POOL, targets));

        Set<String> moved = new HashSet<>();
        for (PlannedMove move : plan.moves()) {
            assertThat(moved.add(move.session())).as("moved once: " + move).isTrue();
            assertThat(move.from()).isEqualTo(placed.get(move.session())).isNotEqualTo(move.to());
            placed.put(move.session(), move.to());
        }
        Map<String, Integer> counted = new HashMap<>();
        plan.before().keySet().forEach(worker -> counted.put(worker, 0));
        placed.values().forEach(worker -> counted.merge(worker, 1, Integer::sum));
        assertThat(plan.after()).isEqualTo(counted);
        counted.forEach((worker, count) -> {
            double exact = targets.getOrDefault(worker, 0) * (double) placed.size() / sum;
            assertThat(Math.abs(count - exact)).as("share of " + worker).isLessThan(1);
        });
        int fewest = plan.before().keySet().stream()
                .mapToInt(worker -> Math.max(0, plan.before().get(worker) - counted.get(worker)))
                .sum();
        assertThat(plan.moves()).as("no more moves than necessary").hasSize(fewest);
    }
}
