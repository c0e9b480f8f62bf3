// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.internal.SessionLog;
import io.serpentry.session.internal.config.MigrationSettings;
import io.serpentry.session.internal.config.MigrationSettings.Action;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Proposes or begins migrations when the load, the size of a pool or a worker's state asks for it. For one thread at a time. */
final class MigrationRules {

    private final MigrationSettings settings;
    private final CentralMigrations migrations;
    private final Map<String, Set<String>> known = new HashMap<>();
    /** What was proposed last for a pool, so that it is proposed once. */
    private final Map<String, Migration> proposals = new HashMap<>();

    private final Set<String> unwell = new HashSet<>();

    MigrationRules(MigrationSettings settings, CentralMigrations migrations) {
        this.settings = settings;
        this.migrations = migrations;
    }

    void look(List<PythonPool> pools, SessionPlacements placements) {
        pools.forEach(pool -> look(pool, placements));
    }

    private void look(PythonPool pool, SessionPlacements placements) {
        List<WorkerStatus> serving =
                pool.workers().stream().filter(Planner::serves).toList();
        Set<String> ids = serving.stream().map(WorkerStatus::id).collect(Collectors.toSet());
        Set<String> before = known.put(pool.name(), ids);
        if (settings.health() != Action.OFF && hasEvacuated(pool, serving)) {
            return;
        }
        if (settings.resize() != Action.OFF && before != null && before.size() != ids.size()) {
            apply(
                    "rule:resize",
                    settings.resize(),
                    MigrationRequest.rebalance(pool.name(), Map.of())
                            .because("the pool has " + ids.size() + " workers instead of " + before.size()));
        } else if (settings.rebalance() != Action.OFF && isUneven(ids, placements)) {
            apply(
                    "rule:rebalance",
                    settings.rebalance(),
                    MigrationRequest.rebalance(pool.name(), Map.of())
                            .because("a worker has over " + settings.skewPercent() + " % of an equal share"));
        }
    }

    private boolean hasEvacuated(PythonPool pool, List<WorkerStatus> serving) {
        Set<String> over = serving.stream()
                .filter(worker -> worker.memoryBytes() > settings.maxMemory())
                .map(WorkerStatus::id)
                .collect(Collectors.toSet());
        unwell.removeIf(worker -> serving.stream().noneMatch(found -> found.id().equals(worker)));
        for (WorkerStatus worker : serving) {
            if (over.contains(worker.id()) && unwell.add(worker.id())) {
                apply(
                        "rule:health",
                        settings.health(),
                        MigrationRequest.evacuate(pool.name(), worker.id())
                                .because("worker " + worker.id() + " has " + worker.memoryBytes()
                                        + " bytes of memory, over " + settings.maxMemory()));
                return true;
            }
        }
        return false;
    }

    private boolean isUneven(Set<String> workers, SessionPlacements placements) {
        int most = workers.stream().mapToInt(placements::load).max().orElse(0);
        int all = workers.stream().mapToInt(placements::load).sum();
        return all >= settings.minSessions()
                && most * (long) workers.size() * 100 > all * (long) settings.skewPercent();
    }

    private void apply(String rule, Action action, MigrationRequest request) {
        MigrationPlan plan = migrations.plan(request);
        String pool = String.valueOf(request.pool());
        Migration proposed = proposals.get(pool);
        if (plan.moves().isEmpty() && request.from() == null) {
            return;
        }
        if (action == Action.RUN) {
            begin(rule, plan);
        } else if (proposed == null || !proposed.plan().equals(plan.id())) {
            Migration proposal = migrations.proposed(rule, plan);
            proposals.put(pool, proposal);
            SessionLog.LOG.migrationProposed(rule, plan.moves().size(), pool, proposal.id());
        }
    }

    /** While another one is under way it is not the time; the rule looks again. */
    private void begin(String rule, MigrationPlan plan) {
        try {
            Migration begun = migrations.begunBy(rule, plan);
            SessionLog.LOG.debugf("%s has begun %s", rule, begun.id());
        } catch (PythonException e) {
            if (e.code() != ErrorCode.ILLEGAL_STATE) {
                throw e;
            }
            unwell.remove(plan.request().from());
            SessionLog.LOG.debugf(e, "%s waits", rule);
        }
    }
}
