// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.internal.SessionLog;
import io.serpentry.session.internal.config.MigrationSettings;
import io.serpentry.session.internal.config.MigrationSettings.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Proposes or begins migrations when the load, the size of a pool or a worker's state asks for it. For one thread at a time. */
final class MigrationRules {

    private static final String HEALTH = "rule:health";
    private static final String RESIZE = "rule:resize";
    private static final String REBALANCE = "rule:rebalance";

    /** Nothing is tried again later than this after it has come to nothing. */
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

    private final MigrationSettings settings;
    private final CentralMigrations migrations;
    private final InstantSource clock;
    private final WorkerFaults faults;
    private final Map<String, Watched> pools = new HashMap<>();

    /**
     * What a rule has begun.
     *
     * @param number of attempts so far
     * @param due when it may be tried again if it was rolled back
     */
    private record Attempt(MigrationRequest request, String migration, int number, Instant due) {}

    /** What is remembered of a pool. */
    private static final class Watched {
        /** The workers that served when nothing was left to do about their number; null before the first look. */
        private @Nullable Set<String> workers;
        /** By worker, what the health rule has done. */
        private final Map<String, Attempt> unwell = new HashMap<>();
        /** What the resize rule has done last. */
        private @Nullable Attempt resized;
        /** What was proposed last by a rule, so that it is proposed once. */
        private final Map<String, Migration> proposals = new HashMap<>();
    }

    MigrationRules(MigrationSettings settings, CentralMigrations migrations, InstantSource clock) {
        this.settings = settings;
        this.migrations = migrations;
        this.clock = clock;
        faults = new WorkerFaults(settings.health().window());
    }

    /** To be told of the calls of all pools, if faults are watched. */
    WorkerFaults faults() {
        return faults;
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
        if (settings.health().action() != Action.OFF && isEvacuated(pool, watched, serving)) {
            return;
        }
        Set<String> ids = serving.stream().map(WorkerStatus::id).collect(Collectors.toSet());
        if (settings.resize() != Action.OFF && isResized(pool, watched, ids)) {
            return;
        }
        watched.workers = ids;
        if (settings.rebalance() != Action.OFF) {
            even(pool, watched, ids, placements);
        }
    }

    private boolean isEvacuated(String pool, Watched watched, List<WorkerStatus> serving) {
        watched.unwell.keySet().removeIf(worker -> serving.stream()
                .noneMatch(found -> found.id().equals(worker)));
        Map<String, WorkerFaults.Share> shares = shares(serving);
        for (WorkerStatus worker : serving) {
            String why = complaint(worker, shares);
            Attempt before = watched.unwell.get(worker.id());
            if (!why.isEmpty() && (before == null || isToBeTriedAgain(before))) {
                MigrationRequest request =
                        MigrationRequest.evacuate(pool, worker.id()).because(why);
                apply(HEALTH, settings.health().action(), watched, request)
                        .ifPresent(id -> watched.unwell.put(
                                worker.id(), attempt(settings.health().action(), request, id, before)));
                return true;
            }
        }
        return false;
    }

    private Map<String, WorkerFaults.Share> shares(List<WorkerStatus> serving) {
        Instant now = clock.instant();
        return settings.health().watchesFaults()
                ? serving.stream().collect(Collectors.toMap(WorkerStatus::id, worker -> faults.look(worker.id(), now)))
                : Map.of();
    }

    /** What is wrong with a worker; empty if nothing is. */
    private String complaint(WorkerStatus worker, Map<String, WorkerFaults.Share> shares) {
        MigrationSettings.Health health = settings.health();
        if (health.maxMemory() > 0 && worker.memoryBytes() > health.maxMemory()) {
            return "worker " + worker.id() + " has " + worker.memoryBytes() + " bytes of memory, over "
                    + health.maxMemory();
        }
        WorkerFaults.Share own = shares.getOrDefault(worker.id(), WorkerFaults.Share.NONE);
        WorkerFaults.Share others = shares.values().stream()
                .reduce(WorkerFaults.Share.NONE, WorkerFaults.Share::plus)
                .minus(own);
        // If the others fail as well, it is not the worker.
        boolean ill = own.calls() >= health.minCalls()
                && own.isOver(health.maxFaultPercent())
                && others.calls() >= health.minCalls()
                && !others.isOver(health.maxFaultPercent());
        return ill
                ? "worker " + worker.id() + " fails in " + own.percent() + " % of its calls, over "
                        + health.maxFaultPercent() + ", and the others in " + others.percent()
                : "";
    }

    /** Whether what was begun has come to nothing, and it is time for another attempt. */
    private boolean isToBeTriedAgain(Attempt attempt) {
        return !clock.instant().isBefore(attempt.due())
                && migrations
                        .find(attempt.migration())
                        .map(found -> found.state() == MigrationState.ROLLED_BACK)
                        .orElse(false);
    }

    /** The pauses double. What was only proposed is not proposed again. */
    private Attempt attempt(Action action, MigrationRequest request, String migration, @Nullable Attempt before) {
        int number = before == null ? 1 : before.number() + 1;
        if (migration.isEmpty() || action == Action.PROPOSE) {
            return new Attempt(request, migration, number, Instant.MAX);
        }
        Duration pause = settings.interval().multipliedBy(1L << Math.min(number, 20));
        return new Attempt(
                request,
                migration,
                number,
                clock.instant().plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE));
    }

    /** Whether the pool's size has changed, or it is not yet shared out since. */
    private boolean isResized(String pool, Watched watched, Set<String> ids) {
        Attempt last = watched.resized;
        Set<String> before = watched.workers;
        if (before != null && before.size() != ids.size()) {
            MigrationRequest request = MigrationRequest.rebalance(pool, Map.of())
                    .because("the pool has " + ids.size() + " workers instead of " + before.size());
            share(watched, ids, request, null);
            return true;
        }
        if (last != null && isToBeTriedAgain(last)) {
            share(watched, ids, last.request(), last);
            return true;
        }
        return false;
    }

    private void share(Watched watched, Set<String> ids, MigrationRequest request, @Nullable Attempt last) {
        apply(RESIZE, settings.resize(), watched, request).ifPresent(id -> {
            watched.resized = attempt(settings.resize(), request, id, last);
            watched.workers = ids;
        });
    }

    private void even(String pool, Watched watched, Set<String> workers, SessionPlacements placements) {
        MigrationRequest request = MigrationRequest.rebalance(pool, Map.of())
                .because("a worker has over " + settings.skewPercent() + " % of an equal share");
        if (!isUneven(workers, placements)) {
            Migration proposal = watched.proposals.remove(key(REBALANCE, request));
            if (proposal != null) {
                migrations.withdraw(proposal, "the sessions are shared out evenly again");
            }
        } else if (apply(REBALANCE, settings.rebalance(), watched, request).isEmpty()) {
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

    /** The id of what was begun or proposed, empty text if there is nothing to move; nothing if another migration is in the way. */
    private Optional<String> apply(String rule, Action action, Watched watched, MigrationRequest request) {
        MigrationPlan plan = migrations.plan(request);
        if (plan.moves().isEmpty() && request.from() == null) {
            return Optional.of("");
        }
        return action == Action.RUN ? tryBegin(rule, plan) : Optional.of(proposed(rule, plan, watched));
    }

    private String proposed(String rule, MigrationPlan plan, Watched watched) {
        MigrationRequest request = plan.request();
        Migration before = watched.proposals.get(key(rule, request));
        if (before != null && before.plan().equals(plan.id())) {
            return before.id();
        }
        Migration proposal = migrations.proposed(rule, plan);
        watched.proposals.put(key(rule, request), proposal);
        SessionLog.LOG.migrationProposed(rule, plan.moves().size(), String.valueOf(request.pool()), proposal.id());
        if (before != null) {
            migrations.withdraw(
                    before, "sessions have been placed otherwise; " + proposal.id() + " is proposed instead");
        }
        return proposal.id();
    }

    private Optional<String> tryBegin(String rule, MigrationPlan plan) {
        try {
            Migration begun = migrations.begunBy(rule, plan);
            SessionLog.LOG.debugf("%s has begun %s", rule, begun.id());
            return Optional.of(begun.id());
        } catch (PythonException e) {
            if (e.code() != ErrorCode.ILLEGAL_STATE) {
                throw e;
            }
            SessionLog.LOG.debugf(e, "%s waits", rule);
            return Optional.empty();
        }
    }
}
