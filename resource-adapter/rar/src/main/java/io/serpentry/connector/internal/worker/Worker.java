// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.CurrentCall;
import io.serpentry.connector.PythonTrace;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerHolder;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerState;
import io.serpentry.connector.WorkerStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One Python process.
 *
 * <pre>
 *   STARTING --hello--> LIVE --stop--> DRAINING --exit report--> DEAD
 *       \________________\______________________exit report______^
 * </pre>
 *
 * <p>Only the zygote's exit report makes it DEAD, for a closed socket proves nothing. Safe for use by any number of
 * threads.
 */
final class Worker {

    private static final Path PROC = Path.of("/proc");
    private static final int PAGE = 4096;

    /** Whose child it is, where it listens, and the number that proves it. */
    record Origin(Zygote zygote, Path socket, String nonce) {}

    private final WorkerIdentity identity;
    private final Origin origin;
    private final int threads;
    private final Instant startedAt;
    private final Wear wear;
    private final AtomicReference<WorkerState> state = new AtomicReference<>(WorkerState.STARTING);
    private final AtomicReference<Standing> standing = new AtomicReference<>(Standing.SERVING);
    private final List<WorkerChannel> channels = new CopyOnWriteArrayList<>();
    private final CompletableFuture<WorkerExit> exit = new CompletableFuture<>();
    private final LongAdder calls = new LongAdder();
    private final AtomicLong requests = new AtomicLong();
    private volatile Map<String, Duration> declaredTimeouts = Map.of();
    private final AtomicReference<@Nullable WorkerEndCause> endCause = new AtomicReference<>();
    private final CompletableFuture<Boolean> startTold = new CompletableFuture<>();
    private volatile boolean stopOrdered;
    private volatile @Nullable PythonTrace cancelledStack;

    Worker(WorkerIdentity identity, Origin origin, int threads, Instant startedAt, Wear wear) {
        this.identity = identity;
        this.origin = origin;
        this.threads = threads;
        this.startedAt = startedAt;
        this.wear = wear;
    }

    WorkerIdentity identity() {
        return identity;
    }

    Origin origin() {
        return origin;
    }

    Zygote zygote() {
        return origin.zygote();
    }

    Instant startedAt() {
        return startedAt;
    }

    long calls() {
        return calls.sum();
    }

    WorkerState state() {
        return Objects.requireNonNull(state.get());
    }

    /**
     * STARTING → LIVE, with its first channel in place at the same moment: a worker with one thread has no room for a
     * second one. False if it is being ended already.
     */
    synchronized boolean live(WorkerChannel first) {
        return state.compareAndSet(WorkerState.STARTING, WorkerState.LIVE) && channels.add(first);
    }

    /** Any → DEAD: from the same moment no channel is added, so {@link #ended} reaches all. False if it never was live. */
    synchronized boolean die() {
        return state.getAndSet(WorkerState.DEAD) != WorkerState.STARTING;
    }

    /** To be called once the listeners know of its start. */
    void startTold() {
        startTold.complete(true);
    }

    /** Runs the action, in this thread or the one that tells the start, as soon as that is told; never if it is not. */
    @SuppressWarnings("FutureReturnValueIgnored") // listeners' failures are dealt with where they are told
    void onceStartTold(Runnable action) {
        startTold.thenRun(action);
    }

    /** The next request id; no two channels of a worker use the same, for a cancellation names nothing else. */
    long nextRequest() {
        return requests.incrementAndGet();
    }

    /** Remembers the timeouts that functions declare in Python, by function name. */
    void declare(Map<String, Duration> timeouts) {
        declaredTimeouts = timeouts;
    }

    @Nullable
    Duration declaredTimeout(String function) {
        return declaredTimeouts.get(function);
    }

    void countCall() {
        calls.increment();
    }

    // ---- channels

    /** Reserves a place for one more channel; false if all threads have one, or the worker is not live or to be replaced. */
    synchronized boolean tryAdd(WorkerChannel channel) {
        if (!hasRoom()) {
            return false;
        }
        return channels.add(channel);
    }

    synchronized boolean hasRoom() {
        return channels.size() < threads && state.get() == WorkerState.LIVE && standing() == Standing.SERVING;
    }

    List<WorkerChannel> channels() {
        return channels;
    }

    /** A channel was closed: the last one to go takes the worker with it. */
    void channelClosed(WorkerChannel channel) {
        if (isLeftBy(channel)) {
            endsBecauseOf(standing().endsWhenReplaced() ? WorkerEndCause.REPLACED : WorkerEndCause.RETIRED);
            stop(Rung.RETIRE, 0);
        } else {
            stopIfQuiet();
        }
    }

    /** Whether that channel was the last one: then, from the same moment, there is room for none. */
    private synchronized boolean isLeftBy(WorkerChannel channel) {
        channels.remove(channel);
        boolean last = channels.isEmpty();
        if (last) {
            drain();
        }
        return last;
    }

    // ---- care

    Standing standing() {
        return Objects.requireNonNull(standing.get());
    }

    /** False if it got no requests before. */
    boolean cordon() {
        return Objects.requireNonNull(standing.getAndUpdate(Standing::cordoned)).takesRequests();
    }

    /** CORDONED → SERVING. False if it was not cordoned. */
    boolean uncordon() {
        return standing.compareAndSet(Standing.CORDONED, Standing.SERVING);
    }

    void recycle() {
        standing.updateAndGet(Standing::recycled);
    }

    void leave() {
        standing.set(Standing.LEAVING);
    }

    /** SERVING → DUE if it has reached a limit that can be looked at in no time. */
    void examine(InstantSource clock) {
        if (wear.isOverCalls(calls()) || wear.isOverAge(clock)) {
            standing.compareAndSet(Standing.SERVING, Standing.DUE);
        }
    }

    /** SERVING → DUE if it has reached any limit, the memory of its process included. */
    void examineThoroughly(InstantSource clock) {
        examine(clock);
        if (wear.isOverMemory(this::memoryBytes)) {
            standing.compareAndSet(Standing.SERVING, Standing.DUE);
        }
    }

    // ---- ending

    /**
     * A call of this worker is doomed. A worker with one thread walks the ladder at once; in one with several the call is
     * cancelled, no new call is let in, and the ladder waits until the other calls have ended by themselves or by their
     * deadlines.
     */
    void forceCall(long request) {
        if (threads == 1) {
            stop(Rung.FORCE, request);
            return;
        }
        drain();
        zygote().stop(identity.id(), request, List.of(Rung.CANCEL));
        stopIfQuiet();
    }

    /** To be called whenever a call has ended or was doomed. */
    void stopIfQuiet() {
        boolean draining = state.get() == WorkerState.DRAINING;
        if (draining && !stopOrdered && !servesOthers()) {
            stop(List.of(Rung.INTERRUPT, Rung.ABORT, Rung.KILL), 0);
        }
    }

    /** Orders the zygote to end this worker; does nothing once it is dead. */
    void stop(List<Rung> ladder, long request) {
        drain();
        if (state.get() != WorkerState.DEAD) {
            stopOrdered = true;
            zygote().stop(identity.id(), request, ladder);
        }
    }

    private void drain() {
        state.updateAndGet(now -> now == WorkerState.DEAD ? now : WorkerState.DRAINING);
    }

    /** Whether other calls than those that are doomed still run. */
    boolean servesOthers() {
        return channels.stream().anyMatch(WorkerChannel::isBusy);
    }

    /** Whoever has it ended says why; the first has the say. */
    void endsBecauseOf(WorkerEndCause cause) {
        endCause.compareAndSet(null, cause);
    }

    /** Why it was to be ended, null if nobody wanted it. */
    @Nullable
    WorkerEndCause endCause() {
        return endCause.get();
    }

    boolean stopOrdered() {
        return stopOrdered;
    }

    /** The stack of a cancelled call as Python saw it. */
    void cancelled(PythonTrace stack) {
        cancelledStack = stack;
    }

    @Nullable
    PythonTrace cancelledStack() {
        return cancelledStack;
    }

    /** The worker is {@linkplain #die dead} and reaped: frees every thread that waits for it. */
    void ended(WorkerExit how) {
        exit.complete(how);
        channels.forEach(WorkerChannel::workerEnded);
    }

    /**
     * Waits for the exit report, through interrupts, whose flag is set again.
     *
     * @return null if it has not come within that time
     */
    @Nullable
    WorkerExit awaitExit(Duration limit) {
        return Uninterruptibly.get(exit, limit);
    }

    /** As {@link #awaitExit}, but an interrupt ends the wait. */
    boolean hasEndedWithin(Duration limit) throws InterruptedException {
        try {
            exit.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- looking

    /** Resident memory of the process in bytes; 0 if it is gone. */
    long memoryBytes() {
        try {
            String[] pages = Files.readString(
                            PROC.resolve(Long.toString(identity.pid())).resolve("statm"))
                    .split(" ");
            return Long.parseLong(pages[1]) * PAGE;
        } catch (IOException e) {
            WorkerLog.LOG.tracef(e, "no memory figure of %s", identity);
            return 0;
        }
    }

    /** Who uses its channels. */
    List<WorkerHolder> holders() {
        return channels.stream()
                .map(WorkerChannel::holder)
                .flatMap(Stream::ofNullable)
                .toList();
    }

    WorkerStatus status(String pool) {
        CurrentCall current = channels.stream()
                .map(WorkerChannel::currentCall)
                .filter(call -> call != null)
                .findFirst()
                .orElse(null);
        return new WorkerStatus(
                identity.id(),
                pool,
                identity.pid(),
                zygote().generation(),
                state(),
                !standing().takesRequests(),
                calls(),
                startedAt,
                memoryBytes(),
                current);
    }
}
