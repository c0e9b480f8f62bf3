// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerState;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.PlannedMove;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.ContentDigest;
import io.serpentry.session.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides which session goes where. The same placements and the same request give the same plan. */
final class Planner {

    private static final int ID_LENGTH = 32;

    private final PythonPools pools;
    private final SessionPlacements placements;

    Planner(PythonPools pools, SessionPlacements placements) {
        this.pools = pools;
        this.placements = placements;
    }

    /** As {@link io.serpentry.placement.Migrations#plan}. */
    MigrationPlan plan(MigrationRequest request) {
        Layout layout = new Layout(request);
        switch (request.kind()) {
            case MIGRATE -> layout.migrate();
            case EVACUATE -> layout.evacuate();
            case REBALANCE -> layout.rebalance();
            case DRAIN -> layout.drain();
        }
        return layout.plan();
    }

    /** Whether sessions may be placed there. */
    static boolean serves(WorkerStatus worker) {
        return worker.state() == WorkerState.LIVE && !worker.cordoned();
    }

    /** The one with the fewest; null if there is none. */
    static @Nullable String emptiest(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .min(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    private static PythonException refused(ErrorCode code, String message, Map<String, String> context) {
        return PythonException.of(ErrorDetail.of(code, message).context(context));
    }

    /** Sessions and workers while a plan is made. */
    private final class Layout {

        private final MigrationRequest request;
        private final List<PlannedMove> moves = new ArrayList<>();
        private final Map<String, Integer> before = new HashMap<>();
        private final Map<String, Integer> after = new TreeMap<>();
        private final Map<String, SortedSet<String>> sessions = new TreeMap<>();
        private final Set<String> serving = new TreeSet<>();
        private @Nullable PythonPool pool;

        Layout(MigrationRequest request) {
            this.request = request;
            if (request.pool() != null) {
                pool = pools.require(request.pool());
                look(pool);
            }
        }

        private Map<String, SortedSet<String>> look(PythonPool looked) {
            Map<String, SortedSet<String>> warm = placements.sessions(looked.name());
            for (WorkerStatus worker : looked.workers()) {
                SortedSet<String> of = warm.getOrDefault(worker.id(), new TreeSet<>());
                sessions.put(worker.id(), of);
                before.put(worker.id(), of.size());
                after.put(worker.id(), of.size());
                if (serves(worker)) {
                    serving.add(worker.id());
                }
            }
            return warm;
        }

        private PythonPool pool() {
            return Objects.requireNonNull(pool, "only a drain has no pool");
        }

        void migrate() {
            String to = serving(Limits.required("to", request.to()));
            String from = request.from();
            if (from != null) {
                living(from);
            }
            for (String session : named(from)) {
                String now = placements.worker(pool().name(), session).orElse(null);
                if (from != null && !from.equals(now)) {
                    throw refused(
                            ErrorCode.ILLEGAL_STATE,
                            "session " + session + " is not warm in worker " + from + " but in "
                                    + (now == null ? "none" : now),
                            Map.of("session", session, "from", from));
                }
                if (!to.equals(now)) {
                    move(session, now, to);
                }
            }
        }

        private Iterable<String> named(@Nullable String from) {
            if (!request.sessions().isEmpty()) {
                return new TreeSet<>(request.sessions());
            }
            if (from == null) {
                throw Limits.refused(
                        "sessions", "one or more ids, or 'from'", "A migration needs sessions, or a worker they leave");
            }
            return List.copyOf(sessions.getOrDefault(from, new TreeSet<>()));
        }

        private void move(String session, @Nullable String from, @Nullable String to) {
            moves.add(new PlannedMove(session, pool().name(), from, to));
            if (from != null) {
                after.computeIfPresent(from, (worker, count) -> count - 1);
            }
            if (to != null) {
                after.merge(to, 1, Integer::sum);
            }
        }

        private String living(String worker) {
            if (!sessions.containsKey(worker)) {
                throw refused(
                        ErrorCode.NOT_FOUND,
                        "no worker " + worker + " lives in pool " + pool().name(),
                        Map.of("worker", worker, "pool", pool().name()));
            }
            return worker;
        }

        private String serving(String worker) {
            if (!serving.contains(living(worker))) {
                throw refused(
                        ErrorCode.ILLEGAL_STATE,
                        "worker " + worker + " takes no sessions: it is starting, cordoned or about to end",
                        Map.of("worker", worker));
            }
            return worker;
        }

        void evacuate() {
            String leaving = living(Limits.required("from", request.from()));
            Map<String, Integer> others = new TreeMap<>();
            for (String worker : serving) {
                if (!worker.equals(leaving)) {
                    others.put(worker, after.getOrDefault(worker, 0));
                }
            }
            for (String session : List.copyOf(sessions.getOrDefault(leaving, new TreeSet<>()))) {
                String to = emptiest(others);
                move(session, leaving, to);
                if (to != null) {
                    others.merge(to, 1, Integer::sum);
                }
            }
        }

        void rebalance() {
            Map<String, Integer> targets = targets();
            Map<String, Integer> lacking = new LinkedHashMap<>();
            List<Map.Entry<String, String>> surplus = new ArrayList<>();
            sessions.forEach((worker, of) -> {
                int target = targets.getOrDefault(worker, 0);
                of.stream()
                        .skip(Math.min(target, of.size()))
                        .forEach(session -> surplus.add(Map.entry(session, worker)));
                if (target > of.size()) {
                    lacking.put(worker, target - of.size());
                }
            });
            surplus.sort(Map.Entry.comparingByKey());
            for (Map.Entry<String, String> leaving : surplus) {
                String to = lacking.keySet().iterator().next();
                move(leaving.getKey(), leaving.getValue(), to);
                lacking.compute(to, (worker, left) -> left == null || left == 1 ? null : left - 1);
            }
        }

        /** How many sessions each worker is to have: its share, rounded so that they sum up. */
        private Map<String, Integer> targets() {
            Map<String, Integer> shares = shares();
            long sum = shares.values().stream().mapToLong(Integer::longValue).sum();
            int all = before.values().stream().mapToInt(Integer::intValue).sum();
            Map<String, Integer> targets = new TreeMap<>();
            Map<String, Long> rests = new TreeMap<>();
            shares.forEach((worker, share) -> {
                targets.put(worker, Math.toIntExact(share * (long) all / sum));
                rests.put(worker, share * (long) all % sum);
            });
            int left =
                    all - targets.values().stream().mapToInt(Integer::intValue).sum();
            rests.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(left)
                    .forEach(rest -> targets.merge(rest.getKey(), 1, Integer::sum));
            return targets;
        }

        private Map<String, Integer> shares() {
            if (request.targets().isEmpty()) {
                Map<String, Integer> equal = serving.stream().collect(Collectors.toMap(worker -> worker, worker -> 1));
                if (equal.isEmpty()) {
                    throw refused(
                            ErrorCode.ILLEGAL_STATE,
                            "no worker of pool " + pool().name() + " takes sessions",
                            Map.of("pool", pool().name()));
                }
                return equal;
            }
            Map<String, Integer> shares = new TreeMap<>();
            request.orderedTargets().forEach((worker, share) -> shares.put(serving(worker), share));
            if (shares.values().stream().allMatch(share -> share == 0)) {
                throw Limits.refused(
                        "targets", "one share over 0", "All shares are 0, so nobody would have the sessions");
            }
            return shares;
        }

        void drain() {
            for (PythonPool drained : pools.list()) {
                pool = drained;
                look(drained).forEach((worker, of) -> of.forEach(session -> move(session, worker, null)));
            }
        }

        MigrationPlan plan() {
            moves.sort(Comparator.comparing(PlannedMove::pool).thenComparing(PlannedMove::session));
            return new MigrationPlan(id(), request, moves, before, after);
        }

        private String id() {
            StringBuilder text = new StringBuilder()
                    .append(request.kind())
                    .append('\n')
                    .append(request.pool())
                    .append('\n')
                    .append(request.from())
                    .append('\n');
            for (PlannedMove move : moves) {
                text.append(move.pool())
                        .append('\0')
                        .append(move.session())
                        .append('\0')
                        .append(move.from())
                        .append('\0')
                        .append(move.to())
                        .append('\n');
            }
            return "plan-"
                    + ContentDigest.of(text.toString().getBytes(StandardCharsets.UTF_8))
                            .substring(0, ID_LENGTH);
        }
    }
}
