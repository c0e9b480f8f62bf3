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
import org.jspecify.annotations.Nullable;

/** Proposes or begins migrations when the load, the size of a pool or a worker's state asks for it. For one thread at a time. */
final class MigrationRules {

    private static final String HEALTH = "rule:health";
    private static final String RESIZE = "rule:resize";
    private static final String REBALANCE = "rule:rebalance";

    private final MigrationSettings settings;
    private final CentralMigrations migrations;
    private final Map<String, Watched> pools = new HashMap<>();

    /** What is remembered of a pool. */
    private static final class Watched {
        /** The workers that served when nothing was left to do about their number; null before the first look. */
        private @Nullable Set<String> workers;
        /** Those for which the health rule has done what it does. */
        private final Set<String> unwell = new HashSet<>();
        /** What was proposed last by a rule, so that it is proposed once. */
        private final Map<String, Migration> proposals = new HashMap<>();
    }

    MigrationRules(MigrationSettings settings, CentralMigrations migrations) {
        this.settings = settings;
        this.migrations = migrations;
    }

    /** While sessions of a pool are being moved, or the server is drained, it is not the time; the next look sees what has changed. */
    void look(List<PythonPool> all, SessionPlacements placements) {
        for (PythonPool pool : all) {
            List<WorkerStatus> serving =
                    pool.workers().stream().filter(Planner::serves).toList();
            if (!migrations.isDraining() && !migrations.isBusy(pool.name()) && !serving.isEmpty()) {
                look(pool.name(), serving, placements);
            }
        }
    }

    private void look(String pool, List<WorkerStatus> serving, SessionPlacements placements) {
        Watched watched = pools.computeIfAbsent(pool, name -> new Watched());
        if (settings.health() != Action.OFF && isEvacuated(pool, watched, serving)) {
            return;
        }
        Set<String> ids = serving.stream().map(WorkerStatus::id).collect(Collectors.toSet());
        Set<String> before = watched.workers;
        if (settings.resize() != Action.OFF && before != null && before.size() != ids.size()) {
            MigrationRequest request = MigrationRequest.rebalance(pool, Map.of())
                    .because("the pool has " + ids.size() + " workers instead of " + before.size());
            if (apply(RESIZE, settings.resize(), watched, request)) {
                watched.workers = ids;
            }
            return;
        }
        watched.workers = ids;
        if (settings.rebalance() != Action.OFF) {
            even(pool, watched, ids, placements);
        }
    }

    private boolean isEvacuated(String pool, Watched watched, List<WorkerStatus> serving) {
        watched.unwell.removeIf(
                worker -> serving.stream().noneMatch(found -> found.id().equals(worker)));
        for (WorkerStatus worker : serving) {
            if (worker.memoryBytes() > settings.maxMemory() && !watched.unwell.contains(worker.id())) {
                MigrationRequest request = MigrationRequest.evacuate(pool, worker.id())
                        .because("worker " + worker.id() + " has " + worker.memoryBytes() + " bytes of memory, over "
                                + settings.maxMemory());
                if (apply(HEALTH, settings.health(), watched, request)) {
                    watched.unwell.add(worker.id());
                }
                return true;
            }
        }
        return false;
    }

    private void even(String pool, Watched watched, Set<String> workers, SessionPlacements placements) {
        MigrationRequest request = MigrationRequest.rebalance(pool, Map.of())
                .because("a worker has over " + settings.skewPercent() + " % of an equal share");
        if (!isUneven(workers, placements)) {
            Migration proposal = watched.proposals.remove(key(REBALANCE, request));
            if (proposal != null) {
                migrations.withdraw(proposal, "the sessions are shared out evenly again");
            }
        } else if (!apply(REBALANCE, settings.rebalance(), watched, request)) {
            SessionLog.LOG.debugf("pool %s stays uneven for now", pool);
        }
    }

    private boolean isUneven(Set<String> workers, SessionPlacements placements) {
        int most = workers.stream().mapToInt(placements::load).max().orElse(0);
        int all = workers.stream().mapToInt(placements::load).sum();
        return all >= settings.minSessions()
                && most * (long) workers.size() * 100 > all * (long) settings.skewPercent();
    }

    private static String key(String rule, MigrationRequest request) {
        return rule + " " + request.from();
    }

    /** False if another migration is in the way. */
    private boolean apply(String rule, Action action, Watched watched, MigrationRequest request) {
        MigrationPlan plan = migrations.plan(request);
        if (plan.moves().isEmpty() && request.from() == null) {
            return true;
        }
        if (action == Action.RUN) {
            return hasBegun(rule, plan);
        }
        Migration before = watched.proposals.get(key(rule, request));
        if (before == null || !before.plan().equals(plan.id())) {
            Migration proposal = migrations.proposed(rule, plan);
            watched.proposals.put(key(rule, request), proposal);
            SessionLog.LOG.migrationProposed(rule, plan.moves().size(), String.valueOf(request.pool()), proposal.id());
            if (before != null) {
                migrations.withdraw(
                        before, "sessions have been placed otherwise; " + proposal.id() + " is proposed instead");
            }
        }
        return true;
    }

    private boolean hasBegun(String rule, MigrationPlan plan) {
        try {
            Migration begun = migrations.begunBy(rule, plan);
            SessionLog.LOG.debugf("%s has begun %s", rule, begun.id());
            return true;
        } catch (PythonException e) {
            if (e.code() != ErrorCode.ILLEGAL_STATE) {
                throw e;
            }
            SessionLog.LOG.debugf(e, "%s waits", rule);
            return false;
        }
    }
}
