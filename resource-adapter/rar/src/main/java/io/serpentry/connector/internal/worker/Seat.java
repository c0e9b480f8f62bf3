// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerIdentity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A managed connection's place in the pool of workers. The seat stays with its managed connection; the channel in it may
 * change while nobody uses it: for that of another seat, to serve a {@link Placement}, or for that of a new worker, to
 * replace one. Safe for use by any number of threads.
 */
public final class Seat {

    private final Seating seating;
    private final Caretaker caretaker;
    private volatile WorkerChannel channel;
    private volatile Runnable lossListener = () -> {};
    private volatile boolean bound;
    private volatile boolean closed;
    private volatile @Nullable Thread keeper;

    Seat(Seating seating, Caretaker caretaker, WorkerChannel channel) {
        this.seating = seating;
        this.caretaker = caretaker;
        this.channel = channel;
        channel.onLoss(() -> lossListener.run());
    }

    public WorkerIdentity worker() {
        return channel.worker();
    }

    /** The channel that is in it now; only {@link #bind} gives one that stays. */
    public WorkerChannel channel() {
        return channel;
    }

    /** Sets who is told, from any thread, when the worker in this seat ends while nobody has taken it. */
    public void onLoss(Runnable listener) {
        lossListener = listener;
    }

    // ---- for Seating, under its lock

    void put(WorkerChannel other) {
        channel = other;
        other.onLoss(() -> lossListener.run());
    }

    /** Whether another channel may be put here. */
    boolean isFree() {
        return !bound && !closed;
    }

    void setBound(boolean now) {
        bound = now;
    }

    void setKeeper(@Nullable Thread thread) {
        keeper = thread;
    }

    void setClosed() {
        closed = true;
    }

    // ---- use

    /**
     * Takes the seat for a user, with the channel that the placement asks for if that can be had without waiting. In a seat
     * that is taken already, the channel is changed only if no call was made since.
     *
     * <p>Waits if the worker in it gets no more requests, no other is idle, and a new one is being started: for at most
     * {@code startTimeout}. And if the user before has something left to say to the worker, or it is being checked.
     *
     * @param limit how long to wait for the user before
     * @return false if the seat can not be used
     * @throws PythonException WORKERS_EXHAUSTED if the seat is not free within the limit; CALL_INTERRUPTED if the thread is
     *     interrupted while it waits. The seat may be given nevertheless, which changes nothing
     */
    public boolean take(Placement placement, Duration limit) {
        if (!channel.takesRequests() && channel.isIdle()) {
            caretaker.relieve(this);
        }
        for (WorkerChannel wanted : Choice.of(placement, this, seating)) {
            if (wanted == channel || seating.tryExchange(this, wanted)) {
                break;
            }
        }
        return seating.take(this, limit);
    }

    /**
     * Waits until the required worker is in this seat, which must be taken.
     *
     * @throws PythonException WORKERS_EXHAUSTED if that worker can not be had, or not in time; ILLEGAL_STATE if this seat is
     *     bound to another; CALL_INTERRUPTED if the thread is interrupted
     */
    public void require(Placement.Required required) {
        seating.awaitWorker(this, required);
    }

    /** The channel for a call; from now until {@link #give} it is not changed. */
    public WorkerChannel bind() {
        return bound ? channel : seating.bind(this);
    }

    /** Nobody uses the seat any more. False if its channel can not be used again. */
    public boolean give() {
        return given(seating.give(this));
    }

    private boolean given(boolean given) {
        if (given) {
            caretaker.examine(this);
        }
        return given && channel.isUsable();
    }

    /**
     * The container has the seat back, but its user has something left to say to the worker: another thread
     * that takes it waits for {@link #giveKept}. False if its channel can not be used again.
     */
    public boolean keep() {
        seating.keep(this);
        return channel.isUsable();
    }

    /** Gives the seat if it was kept. */
    public void giveKept() {
        if (keeper != null) {
            boolean unused = given(seating.giveKept(this));
        }
    }

    /** Whether another thread, which has given the seat back to the container, has something left to say to the worker. */
    boolean isKeptByAnother() {
        Thread thread = keeper;
        return thread != null && thread != Thread.currentThread();
    }

    /**
     * Asks the worker for a sign of life if nobody uses the seat, and looks at its limits.
     *
     * @return false if it is of no use any more, or must go and can not be replaced first; true if it is well, or in use
     */
    public boolean check() {
        WorkerChannel checked;
        boolean well;
        do {
            checked = channel;
            well = checked.check();
        } while (checked != channel);
        seating.changed();
        return well && !caretaker.mustGoUnreplaced(this);
    }

    /** Ends the channel in it and, if it is the last of its worker, the worker. Never waits. */
    public void close() {
        seating.remove(this).close();
        caretaker.wakeIfNeeded();
    }
}
