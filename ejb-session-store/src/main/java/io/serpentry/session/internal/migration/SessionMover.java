// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationKind;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.MoveReceipt.State;
import io.serpentry.placement.MoveReceipt.Version;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.SessionView;
import io.serpentry.session.execution.SessionWarming;
import io.serpentry.session.execution.SessionWarming.Warmed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Moves batches of sessions: makes them warm where they go, then has their calls go there. */
final class SessionMover {

    /** How long a batch waits until the worker it goes to is idle. */
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final PythonPools pools;
    private final SessionPlacements placements;
    private final SessionWarming warming;
    private final InstantSource clock;

    SessionMover(PythonPools pools, SessionPlacements placements, SessionWarming warming, InstantSource clock) {
        this.pools = pools;
        this.placements = placements;
        this.warming = warming;
        this.clock = clock;
    }

    /** The worker that sessions were to go to does not serve any more, and it was this one that was asked for. */
    static final class TargetLost extends RuntimeException {
        private static final long serialVersionUID = 1;

        TargetLost(String worker) {
            super("worker " + worker + ", to which the sessions were to go, does not serve any more");
        }
    }

    /** What is stored is not what was read before, though nobody has changed it. */
    static final class DigestMismatch extends RuntimeException {
        private static final long serialVersionUID = 1;

        DigestMismatch(String session, Version expected, Version found) {
            super("session " + session + " has the digest " + found.digest() + " at revision " + found.revision()
                    + ", and had " + expected.digest());
        }
    }

    /**
     * Moves those that go to the same worker as the first one; what was not done then is not among the answers. If it fails, none of them
     * is placed anew.
     *
     * @throws TargetLost if that can not be mended by choosing another worker
     * @throws DigestMismatch if a session is not what it was
     * @throws io.serpentry.connector.PythonException if the worker is in use all the time, or the store can not be reached
     */
    List<MoveReceipt> move(Migration migration, List<MoveReceipt> batch) {
        PythonPool pool = pools.require(batch.get(0).pool());
        Map<String, WorkerIdentity> serving = serving(pool);
        Map<String, Integer> loads = new TreeMap<>();
        serving.keySet().forEach(worker -> loads.put(worker, placements.load(worker)));
        Map<Optional<String>, List<MoveReceipt>> byTarget = batch.stream()
                .filter(receipt -> receipt.pool().equals(pool.name()))
                .collect(Collectors.groupingBy(
                        receipt -> target(migration, receipt, loads), LinkedHashMap::new, Collectors.toList()));
        Map.Entry<Optional<String>, List<MoveReceipt>> first =
                byTarget.entrySet().iterator().next();
        return moved(pool, first.getKey().map(serving::get).orElse(null), first.getValue());
    }

    private static Map<String, WorkerIdentity> serving(PythonPool pool) {
        return pool.workers().stream()
                .filter(Planner::serves)
                .collect(Collectors.toMap(WorkerStatus::id, worker -> new WorkerIdentity(worker.id(), worker.pid())));
    }

    /** Where it goes; another worker than was planned is chosen by its load, and counted there. */
    private static Optional<String> target(Migration migration, MoveReceipt receipt, Map<String, Integer> loads) {
        String planned = receipt.to();
        if (planned == null || loads.containsKey(planned)) {
            return Optional.ofNullable(planned);
        }
        if (migration.request().kind() == MigrationKind.MIGRATE) {
            throw new TargetLost(planned);
        }
        Optional<String> chosen = Optional.ofNullable(Planner.emptiest(loads));
        chosen.ifPresent(worker -> loads.merge(worker, 1, Integer::sum));
        return chosen;
    }

    private List<MoveReceipt> moved(PythonPool pool, @Nullable WorkerIdentity target, List<MoveReceipt> receipts) {
        long begun = System.nanoTime();
        List<String> ids = receipts.stream().map(MoveReceipt::session).toList();
        Map<String, SessionView> before = warming.views(ids);
        Map<String, Warmed> after = warmed(pool, target, before);
        String to = target == null ? null : target.id();
        for (String session : after.keySet()) {
            String now = placements.worker(pool.name(), session).orElse(null);
            placements.move(pool.name(), session, now, to);
        }
        Duration share = Duration.ofNanos((System.nanoTime() - begun) / receipts.size());
        Instant at = clock.instant();
        return receipts.stream()
                .map(receipt -> {
                    SessionView was = before.get(receipt.session());
                    Warmed is = after.get(receipt.session());
                    return was == null || is == null
                            ? done(receipt, to, State.SKIPPED, null, null, 0, at, null, "the session has ended")
                            : done(
                                    receipt,
                                    to,
                                    State.MOVED,
                                    Version.of(was),
                                    Version.of(is.view()),
                                    is.cold(),
                                    at,
                                    share,
                                    null);
                })
                .toList();
    }

    /** As they are when they are warm there: one that a call changes meanwhile is given to the worker again, once. */
    private Map<String, Warmed> warmed(
            PythonPool pool, @Nullable WorkerIdentity target, Map<String, SessionView> before) {
        Map<String, Warmed> warmed = warm(pool, target, List.copyOf(before.values()));
        Map<String, SessionView> after = warming.views(List.copyOf(before.keySet()));
        List<SessionView> changed = new ArrayList<>();
        Map<String, Warmed> current = new HashMap<>();
        after.forEach((session, view) -> {
            Warmed known = warmed.get(session);
            if (known != null && known.view().info().revision() == view.info().revision()) {
                requireSame(known.view(), view);
                current.put(session, known);
            } else {
                changed.add(view);
            }
        });
        if (!changed.isEmpty()) {
            current.putAll(warm(pool, target, changed));
        }
        return current;
    }

    private Map<String, Warmed> warm(PythonPool pool, @Nullable WorkerIdentity target, List<SessionView> sessions) {
        if (target != null) {
            return warming.warm(pool, target, sessions, WAIT);
        }
        return sessions.stream().collect(Collectors.toMap(view -> view.info().id(), view -> new Warmed(view, 0)));
    }

    private static void requireSame(SessionView before, SessionView after) {
        requireSame(before.info().id(), Version.of(before), Version.of(after));
    }

    static void requireSame(String session, Version before, Version after) {
        if (before.revision() == after.revision() && !before.digest().equals(after.digest())) {
            throw new DigestMismatch(session, before, after);
        }
    }

    /** What is still thought to be warm in a worker that is about to end is so nowhere. */
    void abandon(@Nullable String pool, String worker) {
        String of = Objects.requireNonNull(pool);
        Set<String> left = placements.sessions(of).getOrDefault(worker, new TreeSet<>());
        left.forEach(session -> placements.move(of, session, worker, null));
    }

    /** Looks whether those that were moved are what they were when they were. */
    void verify(List<MoveReceipt> receipts) {
        List<String> ids = receipts.stream().map(MoveReceipt::session).toList();
        Map<String, SessionView> now = warming.views(ids);
        for (MoveReceipt receipt : receipts) {
            SessionView view = now.get(receipt.session());
            if (view != null && receipt.after() != null) {
                requireSame(receipt.session(), receipt.after(), Version.of(view));
            }
        }
    }

    /** Places those that were moved as before: it is as if that had not been done. */
    void undo(List<MoveReceipt> receipts) {
        for (MoveReceipt receipt : receipts) {
            if (receipt.state() == State.MOVED) {
                isPlacedBack(receipt);
            }
        }
    }

    /** Also from a worker that has ended, with which its placements were forgotten. */
    private boolean isPlacedBack(MoveReceipt receipt) {
        String to = receipt.to();
        return placements.move(receipt.pool(), receipt.session(), to, receipt.from())
                || (to != null
                        && !lives(receipt.pool(), to)
                        && placements.move(receipt.pool(), receipt.session(), null, receipt.from()));
    }

    /** Places them as before, those that are still where they were moved to. */
    List<MoveReceipt> takenBack(List<MoveReceipt> receipts) {
        Instant at = clock.instant();
        return receipts.stream().map(receipt -> takenBack(receipt, at)).toList();
    }

    private MoveReceipt takenBack(MoveReceipt receipt, Instant at) {
        String problem = null;
        String from = receipt.from();
        if (from != null && !lives(receipt.pool(), from)) {
            problem = "worker " + from + " has ended; any other serves the session";
        } else if (!isPlacedBack(receipt)) {
            problem = placements.worker(receipt.pool(), receipt.session()).isPresent()
                    ? "a call has taken it to another worker meanwhile, where it stays"
                    : "it is warm nowhere any more";
        }
        return done(
                receipt,
                receipt.to(),
                State.RETURNED,
                receipt.before(),
                receipt.after(),
                receipt.coldEntries(),
                at,
                receipt.duration(),
                problem);
    }

    private boolean lives(String pool, String worker) {
        return pools.find(pool).stream()
                .flatMap(found -> found.workers().stream())
                .anyMatch(found -> found.id().equals(worker) && Planner.serves(found));
    }

    private static MoveReceipt done(
            MoveReceipt receipt,
            @Nullable String to,
            State state,
            @Nullable Version before,
            @Nullable Version after,
            int cold,
            Instant at,
            @Nullable Duration duration,
            @Nullable String problem) {
        return new MoveReceipt(
                receipt.number(),
                receipt.session(),
                receipt.pool(),
                receipt.from(),
                to,
                state,
                before,
                after,
                cold,
                at,
                duration,
                problem);
    }
}
