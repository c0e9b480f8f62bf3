// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.CurrentCall;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerHolder;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerState;
import io.serpentry.connector.internal.wire.Frame;
import io.serpentry.connector.internal.wire.FrameType;
import io.serpentry.connector.internal.wire.WireException;
import io.serpentry.connector.internal.worker.ChannelStatus.Exchange;
import io.serpentry.connector.internal.worker.ChannelStatus.Phase;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The line to one thread of a worker; it is in at most one managed connection's {@link Seat}.
 *
 * <pre>
 *              check                take                call
 *   CHECKING <-------- IDLE ----------------> TAKEN ------------> BUSY
 *      |    -------->   ^  <----------------    ^ <------------    |
 *      |     checked    |        give           |    answered      | doom
 *      |                |                       |                  v
 *      +------> CLOSED <+-----------------------+<------------- DOOMED
 *
 *   IDLE or TAKEN <--> ASIDE   while it changes its seat; ASIDE --> CLOSED
 * </pre>
 *
 * <p>Each arrow is one compare-and-set of the whole status, the call under way included, so a deadline, a rollback, the
 * container's validation and the caller can meet here and exactly one of them wins. The thread that calls writes and
 * reads; every other thread only dooms.
 */
public final class WorkerChannel implements Deadlines.Watched {

    private static final Duration CHECK_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration EXIT_AFTER_EOF = Duration.ofMillis(500);
    private static final int DEEPEST = 8;

    private final Worker worker;
    private final FrameConnection connection;
    private final WorkerPool pool;
    private final AtomicReference<ChannelStatus> status = new AtomicReference<>(ChannelStatus.IDLE);
    private volatile Runnable lossListener = () -> {};
    /** Who answers a question of Python at this moment: that thread may make a nested call. */
    private volatile @Nullable Thread answering;
    /** Of the calls that run within each other; for the thread that calls. */
    private int depth;
    /** Why the channel was closed in the midst of a call; for the calls around it. */
    private volatile @Nullable Doom ended;

    private volatile long lastUse;
    /** The transaction that is bound to it, as the server's log names it. */
    private volatile @Nullable Binding binding;

    private record Binding(String transaction, Instant since) {}

    WorkerChannel(Worker worker, FrameConnection connection, WorkerPool pool) {
        this.worker = worker;
        this.connection = connection;
        this.pool = pool;
    }

    public WorkerIdentity worker() {
        return worker.identity();
    }

    /** Sets who is told, from any thread, when the worker ends while nobody has taken this channel. */
    public void onLoss(Runnable listener) {
        lossListener = listener;
    }

    private ChannelStatus now() {
        return Objects.requireNonNull(status.get());
    }

    // ---- taking and giving back

    /** IDLE → TAKEN. False if it is taken, closed, or being checked. */
    public boolean tryTake() {
        return status.compareAndSet(ChannelStatus.IDLE, ChannelStatus.TAKEN);
    }

    /** TAKEN → IDLE; also true if it is idle already. False if it can not be used again. */
    public boolean tryGive() {
        return status.compareAndSet(ChannelStatus.TAKEN, ChannelStatus.IDLE) || isIdle();
    }

    public boolean isTaken() {
        return now().phase() == Phase.TAKEN;
    }

    boolean isIdle() {
        return now().phase() == Phase.IDLE;
    }

    /** Whether a call is under way that can still be answered. */
    public boolean isBusy() {
        return now().phase() == Phase.BUSY;
    }

    /** Whether another call can be made on it, now or once it is free. */
    public boolean isUsable() {
        Phase phase = now().phase();
        return phase != Phase.DOOMED && phase != Phase.CLOSED && worker.state() == WorkerState.LIVE;
    }

    boolean isAside() {
        return now().phase() == Phase.ASIDE;
    }

    boolean isChecking() {
        return now().phase() == Phase.CHECKING;
    }

    // ---- placement and care

    boolean isOf(String workerId) {
        return worker.identity().id().equals(workerId);
    }

    Standing standing() {
        return worker.standing();
    }

    boolean takesRequests() {
        return standing().takesRequests();
    }

    Worker owner() {
        return worker;
    }

    /** When it was last given back, counted in uses of the pool; 0 if never. */
    long lastUse() {
        return lastUse;
    }

    void used(long use) {
        lastUse = use;
    }

    /** A transaction makes requests here: until {@link #unbound} it is told as the holder. */
    public void boundTo(Supplier<String> transaction) {
        if (binding == null) {
            binding = new Binding(transaction.get(), pool.clock().instant());
        }
    }

    void unbound() {
        binding = null;
    }

    /** Who uses it; null if nobody does. */
    @Nullable
    WorkerHolder holder() {
        Phase phase = now().phase();
        if (phase != Phase.TAKEN && phase != Phase.BUSY && phase != Phase.DOOMED) {
            return null;
        }
        Binding bound = binding;
        CurrentCall call = currentCall();
        Instant since = bound != null ? bound.since() : call != null ? call.startedAt() : null;
        return new WorkerHolder(
                bound == null ? null : bound.transaction(), call == null ? null : call.function(), since);
    }

    /** IDLE or TAKEN → ASIDE. False if it is in another phase, or its worker does not live. */
    boolean tryAside(ChannelStatus from) {
        return worker.state() == WorkerState.LIVE && status.compareAndSet(from, ChannelStatus.ASIDE);
    }

    /** ASIDE → IDLE or TAKEN. */
    void backTo(ChannelStatus to) {
        status.compareAndSet(ChannelStatus.ASIDE, to);
    }

    @Nullable
    CurrentCall currentCall() {
        ChannelStatus now = now();
        Exchange exchange = now.exchange();
        return exchange == null || now.phase() == Phase.CHECKING
                ? null
                : new CurrentCall(
                        exchange.what(),
                        exchange.startedAt(),
                        exchange.timeout().toMillis());
    }

    /** The timeout that the function declares in Python, null if it declares none. */
    public @Nullable Duration declaredTimeout(String function) {
        return worker.declaredTimeout(function);
    }

    // ---- calling

    /** The id for the next request; for the thread that has taken the channel. */
    public long nextRequestId() {
        return worker.nextRequest();
    }

    /**
     * Sends a request and waits for its answer, which is a RESULT, an ERROR or a VOTE of Python. The channel must be taken; while
     * Python waits for an answer to a question of its own, the thread that answers it may make a nested call.
     *
     * @param request a CALL, PREPARE or COMPLETED, its id from {@link #nextRequestId()}
     * @param timeout more than zero
     * @param host answers what Python asks meanwhile
     * @throws PythonException for every other outcome; unless {@link #isUsable()} still says yes, the channel is then closed
     *     and its worker dead or, if that could not be confirmed, its zygote killed
     */
    public Frame call(String function, Frame request, Duration timeout, HostCallHandler host) {
        if (Thread.currentThread().isInterrupted()) {
            throw CallErrors.interruptedBefore(function);
        }
        ChannelStatus around = around(function);
        ChannelStatus busy =
                status(Phase.BUSY, function, request.requestId(), timeout).endingWith(around);
        if (worker.state() != WorkerState.LIVE || !status.compareAndSet(around, busy)) {
            throw notCallable(function);
        }
        // Who ends the worker looks for calls under way only after it has left LIVE: one of the two sees the other.
        if (worker.state() != WorkerState.LIVE && status.compareAndSet(busy, around)) {
            worker.stopIfQuiet();
            throw notCallable(function);
        }
        if (request.type() == FrameType.CALL) {
            pool.counters().callBegins();
            worker.countCall();
        }
        depth++;
        try {
            Frame answer = exchange(request, busy, host);
            if (status.compareAndSet(busy, around)) {
                return answer;
            }
            throw doomed(function, null);
        } catch (IOException e) {
            throw doomed(function, e);
        } finally {
            depth--;
            worker.stopIfQuiet();
        }
    }

    /** The status that a call is made from: that of the call around it, or TAKEN. */
    private ChannelStatus around(String function) {
        ChannelStatus now = now();
        if (now.phase() != Phase.BUSY || answering != Thread.currentThread()) {
            return ChannelStatus.TAKEN;
        }
        if (depth == DEEPEST) {
            throw CallErrors.tooDeep(function, DEEPEST);
        }
        return now;
    }

    private ChannelStatus status(Phase phase, String what, long request, Duration timeout) {
        long deadline = pool.deadlines().now() + timeout.toNanos();
        return new ChannelStatus(phase, new Exchange(what, request, Instant.now(), timeout, deadline), null);
    }

    private PythonException notCallable(String function) {
        return switch (now().phase()) {
            case BUSY, DOOMED ->
                answering == Thread.currentThread()
                        ? lostBefore(function)
                        : CallErrors.secondThread(function, worker.identity());
            case IDLE, ASIDE, CHECKING -> CallErrors.notTaken(function);
            case TAKEN, CLOSED -> pool.counters().failed(lostBefore(function));
        };
    }

    /** The exception for something that was not sent, because the worker has ended or is being ended. */
    public PythonException lostBefore(String function) {
        return CallErrors.lostBefore(function, worker.identity(), worker.awaitExit(Duration.ZERO));
    }

    private Frame exchange(Frame request, ChannelStatus during, HostCallHandler host) throws IOException {
        Exchange exchange = during.exchange();
        pool.deadlines().arm(exchange == null ? Deadlines.NONE : exchange.deadline());
        connection.send(request);
        while (true) {
            Frame answer = connection.receive();
            if (answer.requestId() == request.requestId()) {
                if (answer.type() != FrameType.HOST_CALL) {
                    return expected(answer);
                }
                connection.send(answered(answer, host));
                continue;
            }
            if (Long.compareUnsigned(answer.requestId(), request.requestId()) > 0) {
                throw new ProtocolException("it answered request " + answer.requestId() + ", which was never made");
            }
            WorkerLog.LOG.debugf("dropped a late answer of %s", worker.identity());
        }
    }

    private Frame answered(Frame question, HostCallHandler host) {
        Thread before = answering;
        answering = Thread.currentThread();
        try {
            return host.serve(question);
        } finally {
            answering = before;
        }
    }

    private static Frame expected(Frame answer) throws ProtocolException {
        return switch (answer.type()) {
            case RESULT, ERROR, PONG, VOTE -> answer;
            default -> throw new ProtocolException("it answered with " + answer.type());
        };
    }

    /** The call failed or was doomed: sees the worker dead, then says what happened. */
    private PythonException doomed(String function, @Nullable IOException failure) {
        Doom doom = settle(failure);
        ended = doom;
        if (doom.reason() == Doom.Reason.LOST && worker.awaitExit(EXIT_AFTER_EOF) == null) {
            worker.endsBecauseOf(WorkerEndCause.LOST);
            worker.stop(Rung.AT_ONCE, 0);
        }
        boolean answered = failure == null;
        WorkerExit exit = answered && worker.servesOthers() ? null : awaitEnd();
        status.set(ChannelStatus.CLOSED);
        connection.closeQuietly();
        return pool.counters().failed(CallErrors.doomed(function, worker, doom, exit, failure));
    }

    /**
     * Waits for the end of the worker: for as long as its other calls take, and then for as long as the ladder does. A
     * zygote that does not report it is killed.
     *
     * @return null if even that brought no report
     */
    private @Nullable WorkerExit awaitEnd() {
        WorkerExit exit;
        boolean othersServed;
        do {
            othersServed = worker.servesOthers();
            exit = worker.awaitExit(pool.settings().ladderTime());
        } while (exit == null && othersServed);
        if (exit == null) {
            worker.zygote().kill("it did not report the end of worker " + worker.identity());
            exit = worker.awaitExit(pool.settings().killGrace());
        }
        return exit;
    }

    /** Whoever doomed the call first has the say; if nobody did, the failure itself. */
    private Doom settle(@Nullable IOException failure) {
        if (failure instanceof ClosedByInterruptException) {
            doom(new Doom(Doom.Reason.INTERRUPT, "the calling thread was interrupted"));
        } else if (failure instanceof WireException || failure instanceof ProtocolException) {
            doom(new Doom(Doom.Reason.PROTOCOL, "it broke the protocol: " + failure.getMessage()));
        } else if (failure != null) {
            tryDoom(new Doom(Doom.Reason.LOST, "its socket failed: " + failure.getMessage()));
        }
        Doom doom = now().doom() == null ? ended : now().doom();
        return doom == null ? new Doom(Doom.Reason.LOST, "its channel was closed") : doom;
    }

    // ---- dooming: any thread, never touches the socket

    /** Gives up the call under way, if there is one, and has its worker ended. Never waits. */
    public boolean abandon(String why) {
        return doom(new Doom(Doom.Reason.TRANSACTION, why));
    }

    private boolean doom(Doom doom) {
        Exchange exchange = tryDoom(doom);
        if (exchange == null) {
            return false;
        }
        force(exchange, doom);
        return true;
    }

    private void force(Exchange exchange, Doom doom) {
        WorkerLog.LOG.workerStopping(worker.identity().id(), worker.identity().pid(), doom.why());
        worker.endsBecauseOf(doom.reason().cause());
        worker.forceCall(exchange.request());
    }

    /** The call that is doomed by this, or null if there was none or it was doomed before. */
    private @Nullable Exchange tryDoom(Doom doom) {
        ChannelStatus now = now();
        while (now.phase() == Phase.BUSY) {
            if (status.compareAndSet(now, now.doomedBy(doom))) {
                return now.exchange();
            }
            now = now();
        }
        return null;
    }

    @Override
    public long deadline() {
        ChannelStatus now = now();
        Exchange exchange = now.exchange();
        return exchange == null || now.phase() == Phase.DOOMED ? Deadlines.NONE : exchange.deadline();
    }

    /** Dooms the call, or ends the check, whose deadline has passed; nothing if another has taken its place meanwhile. */
    @Override
    public void expire() {
        ChannelStatus now = now();
        Exchange exchange = now.exchange();
        if (exchange == null || exchange.deadline() > pool.deadlines().now()) {
            return;
        }
        if (now.phase() == Phase.CHECKING) {
            connection.closeQuietly();
        } else if (now.phase() == Phase.BUSY) {
            String why = "call of " + exchange.what() + " passed its deadline of "
                    + exchange.timeout().toMillis() + " ms";
            Doom doom = new Doom(Doom.Reason.DEADLINE, why);
            if (status.compareAndSet(now, now.doomedBy(doom))) {
                force(exchange, doom);
            }
        }
    }

    // ---- checking and closing

    /**
     * Asks the worker for a sign of life if nobody uses the channel.
     *
     * @return false if the channel is of no use any more; true if it is well, or in use
     */
    public boolean check() {
        ChannelStatus checking = status(Phase.CHECKING, "check", 0, CHECK_TIMEOUT);
        if (!status.compareAndSet(ChannelStatus.IDLE, checking)) {
            return isUsable();
        }
        try {
            exchange(Frame.of(FrameType.PING, nextRequestId()), checking, WorkerChannel::unexpected);
            return status.compareAndSet(checking, ChannelStatus.IDLE) && isUsable();
        } catch (IOException e) {
            WorkerLog.LOG.debugf(e, "%s does not answer", worker.identity());
            status.set(ChannelStatus.CLOSED);
            connection.closeQuietly();
            // One that has died by itself is lost, and its report is on the way.
            if (worker.awaitExit(EXIT_AFTER_EOF) == null) {
                worker.endsBecauseOf(WorkerEndCause.SILENT);
                worker.stop(Rung.AT_ONCE, 0);
            }
            return false;
        }
    }

    private static Frame unexpected(Frame question) {
        throw new IllegalStateException("a worker asked " + question.text() + " while no call ran");
    }

    /** Ends the channel and, if it is the last of its worker, the worker. Never waits; a call under way is given up. */
    public void close() {
        pool.deadlines().forget(this);
        if (doom(new Doom(Doom.Reason.DESTROYED, "its connection was destroyed during the call"))) {
            return;
        }
        ChannelStatus before = Objects.requireNonNull(
                status.getAndUpdate(now -> now.phase() == Phase.DOOMED ? now : ChannelStatus.CLOSED));
        // The order goes first: a worker that sees its socket close before would seem to die by itself.
        worker.channelClosed(this);
        if (before.phase() != Phase.DOOMED) {
            connection.closeQuietly();
        }
    }

    /** The worker is dead. A caller that still waits is freed by the closed socket. */
    void workerEnded() {
        boolean unnoticed = pool.seating().changing(() -> {
            status.compareAndSet(ChannelStatus.TAKEN, ChannelStatus.CLOSED);
            status.compareAndSet(ChannelStatus.ASIDE, ChannelStatus.CLOSED);
            return status.compareAndSet(ChannelStatus.IDLE, ChannelStatus.CLOSED);
        });
        pool.deadlines().forget(this);
        connection.closeQuietly();
        if (unnoticed) {
            lossListener.run();
        }
    }
}
