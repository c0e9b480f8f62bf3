// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.FunctionInfo;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.StartFailure;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerStartReason;
import io.serpentry.connector.WorkerState;
import io.serpentry.connector.WorkerStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The Python processes of one pool: opens channels for the container's managed connections, which alone decide how many.
 * Safe for use by any number of threads.
 */
public final class WorkerPool implements Zygote.Listener {

    /** A worker that dies younger than this without having served a call has not really started. */
    private static final Duration EARLY = Duration.ofSeconds(5);

    /** How long a worker may take to say what it does. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    /** After the container had no thread to give. */
    private static final Duration NO_THREAD = Duration.ofSeconds(1);

    private final PoolSettings settings;
    private final Supplier<Surroundings> surroundings;
    private final InstantSource clock;
    private final ZygoteKeeper zygotes;
    private final StartBackoff backoff;
    private final Map<String, Worker> workers = new ConcurrentHashMap<>();
    private final WorkerStarter starter;
    private final PoolCounters counters = new PoolCounters();
    private final Seating seating = new Seating();
    private final Caretaker caretaker = new Caretaker(this, seating);
    private final PoolListeners listeners;
    /** How many lost workers the container has not replaced yet. */
    private final AtomicInteger missing = new AtomicInteger();

    private final AtomicBoolean refillPlanned = new AtomicBoolean();
    private volatile Map<String, FunctionInfo> catalogue = Map.of();
    private volatile Runnable refill = () -> {};
    private volatile boolean closed;

    /** @param surroundings asked for when the first worker starts, for a container makes pools before it starts the adapter */
    public WorkerPool(
            PoolSettings settings, Supplier<Surroundings> surroundings, InstantSource clock, PoolListeners listeners) {
        this.settings = settings;
        this.listeners = listeners;
        this.surroundings = surroundings;
        this.clock = clock;
        this.backoff = new StartBackoff(clock);
        this.zygotes = new ZygoteKeeper(settings, surroundings, this);
        this.starter = new WorkerStarter(this, clock);
    }

    public PoolSettings settings() {
        return settings;
    }

    /** Sets what fills the pool again when, after a failed start, the next attempt is due; it may wait. */
    public void onRetry(Runnable action) {
        refill = action;
    }

    private void planRefill(StartFailure failure) {
        planRefill(Duration.between(clock.instant(), failure.retryAt()));
    }

    private void planRefill(Duration pause) {
        if (!closed && refillPlanned.compareAndSet(false, true)) {
            deadlines().at(deadlines().now() + Math.max(0, pause.toNanos()), this::refillIfDue);
        }
    }

    /** Another start may have failed since this was planned, and has moved the next attempt then. */
    private void refillIfDue() {
        refillPlanned.set(false);
        StartFailure tooEarly = backoff.tooEarly();
        if (tooEarly != null) {
            planRefill(tooEarly);
        } else if (!closed) {
            tryRefill();
            caretaker.wakeIfNeeded();
        }
    }

    private void tryRefill() {
        try {
            threads().execute(refill);
        } catch (RejectedExecutionException | IllegalStateException e) {
            WorkerLog.LOG.careFailed(settings.name(), e);
            planRefill(NO_THREAD);
        }
    }

    public PoolListeners listeners() {
        return listeners;
    }

    InstantSource clock() {
        return clock;
    }

    Executor threads() {
        return surroundings.get().threads();
    }

    Seating seating() {
        return seating;
    }

    public Caretaker caretaker() {
        return caretaker;
    }

    Deadlines deadlines() {
        return surroundings.get().deadlines();
    }

    // ---- opening

    /** A seat for a managed connection, with a channel as {@link #open} gives it. */
    public Seat seat() {
        Seat seat = new Seat(seating, caretaker, open());
        seating.add(seat);
        caretaker.wakeIfNeeded();
        return seat;
    }

    /**
     * A spare channel, or one to a worker that has room for one more, or to a new worker. Waits while too many
     * workers are being ended, and then for a fork server and a worker, each for at most the pool's {@code startTimeout}.
     *
     * @throws PythonException WORKER_START_FAILED if no worker could be started, or an attempt failed so shortly before that
     *     the next is not due; ILLEGAL_STATE if the pool is shut down; CALL_INTERRUPTED if the thread is interrupted
     */
    public WorkerChannel open() {
        WorkerChannel spare = seating.takeSpare();
        return spare == null ? openFresh(WorkerStartReason.DEMAND) : spare;
    }

    /** @param reason DEMAND, which is a RECOVERY while a worker that was lost has not been replaced, or CARE */
    WorkerChannel openFresh(WorkerStartReason reason) {
        if (closed) {
            throw shutDown();
        }
        StartFailure tooEarly = backoff.tooEarly();
        if (tooEarly != null) {
            throw CallErrors.startFailed(tooEarly, null, null);
        }
        try {
            WorkerChannel channel = openOnLiveWorker();
            if (channel == null) {
                awaitDying();
                channel = startWorker(reason);
                backoff.started();
            }
            deadlines().watch(channel);
            return channel;
        } catch (StartFailedException e) {
            throw closed ? shutDown() : startFailed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw PythonException.of(ErrorDetail.of(
                    ErrorCode.CALL_INTERRUPTED, "the thread was interrupted while a worker was being started"));
        }
    }

    private PythonException shutDown() {
        return PythonException.of(ErrorDetail.of(ErrorCode.ILLEGAL_STATE, "pool " + settings.name() + " is shut down"));
    }

    /** Starts a worker; if the zygote dies under the order, once more from its successor. */
    private WorkerChannel startWorker(WorkerStartReason reason) throws StartFailedException, InterruptedException {
        Zygote zygote = zygotes.live();
        try {
            return starter.start(zygote, reason);
        } catch (StartFailedException e) {
            if (!zygote.isGone()) {
                throw e;
            }
            WorkerLog.LOG.debug("the fork server died while it started a worker", e);
            return starter.start(zygotes.live(), reason);
        }
    }

    private @Nullable WorkerChannel openOnLiveWorker() throws StartFailedException, InterruptedException {
        for (Worker worker : workers.values()) {
            if (worker.hasRoom()) {
                WorkerChannel channel = starter.join(worker);
                if (channel != null) {
                    return channel;
                }
            }
        }
        return null;
    }

    private PythonException startFailed(StartFailedException e) {
        StartFailure failure = backoff.failed(
                String.valueOf(e.getMessage()),
                e.stderr(),
                e.python() == null ? null : e.python().traceback());
        WorkerLog.LOG.startFailed(
                settings.name(), failure.attempts(), failure.retryAt().toString(), failure.message());
        planRefill(failure);
        listeners.tell(listener -> listener.startFailed(settings.name(), failure));
        return CallErrors.startFailed(failure, e.python(), e.getCause());
    }

    /** Waits while more workers than the spare ones are being ended, so that the slots of the dying are not used twice. */
    private void awaitDying() {
        List<Worker> dying = workers.values().stream()
                .filter(worker -> worker.state() == WorkerState.DRAINING)
                .toList();
        for (int i = 0; i < dying.size() - settings.spareWorkers(); i++) {
            dying.get(i).awaitExit(settings.ladderTime());
        }
    }

    void add(Worker worker) {
        workers.put(worker.identity().id(), worker);
    }

    /** False if it is being ended already. */
    boolean startedWell(Worker worker, WorkerChannel first, WorkerStartReason ordered) {
        WorkerStartReason reason =
                ordered == WorkerStartReason.DEMAND && tookMissing() ? WorkerStartReason.RECOVERY : ordered;
        if (!worker.live(first)) {
            return false;
        }
        counters.started(reason);
        listeners.tell(listener -> listener.workerStarted(settings.name(), worker.identity(), reason));
        worker.startTold();
        return true;
    }

    private boolean tookMissing() {
        return missing.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
    }

    // ---- reports of the zygote

    @Override
    public void workerExited(Zygote from, String id, ControlMessage report) {
        Worker worker = workers.remove(id);
        if (worker == null) {
            WorkerLog.LOG.unexpectedReport(settings.name(), "exit of the unknown worker " + id);
            return;
        }
        ended(worker, WorkerExit.of(report, worker.stopOrdered()));
    }

    @Override
    public void callCancelled(Zygote from, String id, ControlMessage report) {
        Worker worker = workers.get(id);
        if (worker != null) {
            worker.cancelled(report.trace("stack"));
        }
    }

    @Override
    public void zygoteGone(Zygote zygote, String cause) {
        zygotes.gone(zygote);
        if (!closed) {
            WorkerLog.LOG.zygoteLost(settings.name(), zygote.pid(), cause);
        }
        workers.values().stream().filter(worker -> worker.zygote() == zygote).forEach(worker -> {
            workers.remove(worker.identity().id());
            ended(worker, WorkerExit.withZygote(cause));
        });
    }

    private void ended(Worker worker, WorkerExit exit) {
        boolean unexpected = !worker.stopOrdered() && !closed && worker.state() != WorkerState.STARTING;
        if (unexpected) {
            Instant now = clock.instant();
            counters.lost(now);
            WorkerLog.LOG.workerLost(worker.identity().id(), worker.identity().pid(), exit.how());
            boolean early = worker.startedAt().plus(EARLY).isAfter(now);
            if (early && worker.calls() == 0 && !worker.zygote().isGone()) {
                planRefill(backoff.diedEarly(
                        "worker " + worker.identity() + " " + exit.how() + " shortly after its start", exit.stderr()));
            }
        } else {
            WorkerLog.LOG.workerEnded(worker.identity().id(), worker.identity().pid(), exit.how());
        }
        WorkerEndCause cause = causeOf(worker);
        if (worker.die()) {
            counters.ended(cause);
            missing.addAndGet(cause.isLoss() ? 1 : 0);
        }
        worker.ended(exit);
        seating.changed();
        caretaker.wakeIfNeeded();
        worker.onceStartTold(() -> listeners.tell(
                listener -> listener.workerEnded(settings.name(), worker.identity(), cause, exit.how())));
    }

    private WorkerEndCause causeOf(Worker worker) {
        WorkerEndCause cause = worker.endCause();
        if (closed && (cause == null || cause == WorkerEndCause.RETIRED)) {
            return WorkerEndCause.SHUTDOWN;
        }
        if (cause == null) {
            return worker.zygote().isGone() ? WorkerEndCause.FORK_SERVER : WorkerEndCause.LOST;
        }
        return cause;
    }

    // ---- care

    /** @throws PythonException NOT_FOUND if no such worker lives */
    Worker worker(String id) {
        Worker worker = workers.get(id);
        if (worker == null || worker.state() != WorkerState.LIVE) {
            throw CareErrors.notFound(id, settings.name());
        }
        return worker;
    }

    /**
     * What a worker's threads execute, in words of Python.
     *
     * @param sampling as {@link Zygote#look}
     * @throws PythonException NOT_FOUND if no such worker lives; CALL_TIMEOUT if it does not answer; CALL_INTERRUPTED
     */
    public String look(String id, Duration sampling) {
        Worker worker = worker(id);
        Duration limit = sampling.plus(LOOK);
        try {
            return Zygote.await(worker.zygote().look(id, sampling, limit), limit.plus(LOOK));
        } catch (IOException e) {
            throw CareErrors.notSeen(id, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CareErrors.interrupted(id, "while it looked at worker " + id);
        }
    }

    int cordoned() {
        return (int)
                alive().filter(worker -> worker.standing() == Standing.CORDONED).count();
    }

    /** Whether fewer workers than the spare ones are in no seat, or being ended, and no start has failed just now. */
    boolean mayStartSpare() {
        Set<String> seated = seating.seated();
        long beside = alive().filter(worker -> worker.state() == WorkerState.DRAINING
                        || (worker.state() == WorkerState.LIVE
                                && !seated.contains(worker.identity().id())))
                .count();
        return !closed && beside < settings.spareWorkers() && backoff.tooEarly() == null;
    }

    /** The youngest worker that serves in a seat, without these; null if there is none. */
    @Nullable
    Worker youngestSeated(Set<Worker> without) {
        Set<String> seated = seating.seated();
        return alive().filter(worker -> worker.standing() == Standing.SERVING
                        && seated.contains(worker.identity().id())
                        && !without.contains(worker))
                .reduce((older, younger) -> younger)
                .orElse(null);
    }

    // ---- the catalogue

    /** A worker has said which functions it has; the newest has the say. */
    void catalogue(List<FunctionInfo> functions) {
        Map<String, FunctionInfo> byName = new LinkedHashMap<>();
        functions.forEach(function -> byName.put(function.name(), function));
        catalogue = Collections.unmodifiableMap(byName);
    }

    /** The functions of the newest worker by name, in its order; empty before the first has started. */
    public Map<String, FunctionInfo> catalogue() {
        return catalogue;
    }

    // ---- looking

    public PoolCounters counters() {
        return counters;
    }

    /** A worker has answered: it has proven that workers start. */
    public void answered() {
        backoff.proven();
    }

    public @Nullable StartFailure lastStartFailure() {
        return backoff.last();
    }

    /** The workers that live, oldest first. */
    public List<WorkerStatus> workers() {
        return alive().map(worker -> worker.status(settings.name())).toList();
    }

    /** How many workers have said hello and are not dead. */
    public int live() {
        return (int)
                alive().filter(worker -> worker.state() != WorkerState.STARTING).count();
    }

    public int idleChannels() {
        return (int) alive().flatMap(worker -> worker.channels().stream())
                .filter(WorkerChannel::isIdle)
                .count();
    }

    /** How many channels the container's connections have; those of spare and parked workers do not count. */
    public int channels() {
        return (int) alive().flatMap(worker -> worker.channels().stream())
                .filter(channel -> !channel.isAside())
                .count();
    }

    /** The zygote as it is shown: pid, generation, start method. */
    public ZygoteKeeper.Status zygote() {
        return zygotes.status();
    }

    private Stream<Worker> alive() {
        return workers.values().stream()
                .filter(worker -> worker.state() != WorkerState.DEAD)
                .sorted(Comparator.comparing(Worker::startedAt));
    }

    // ---- ending

    /**
     * Lets calls under way end for at most {@code drainTimeout}, then ends every process of this pool; none is left when it
     * returns. No new worker starts after it.
     */
    public void close() {
        closed = true;
        long end = System.nanoTime() + settings.drainTimeout().toNanos();
        for (Worker worker : workers.values()) {
            if (worker.channels().stream().noneMatch(WorkerChannel::isBusy)) {
                worker.stop(Rung.RETIRE, 0);
            }
        }
        for (Worker worker : workers.values()) {
            worker.awaitExit(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
        zygotes.close();
    }
}
