// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which channel is in which seat of a pool, and which are on the {@link Bench}.
 *
 * <p>Its lock is a leaf: under it nothing is told to anyone, asked of anyone or sent. A channel is moved only after it was
 * claimed from IDLE, or from TAKEN by the one who has taken it, so a check and the death of its worker can come at any time.
 * Safe for use by any number of threads.
 */
final class Seating {

    /** Somebody who waits for a worker, with a seat that is taken. */
    private record Waiter(Seat seat, String worker) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Seat> seats = new LinkedHashSet<>();
    private final Bench bench = new Bench();
    private final List<Waiter> waiters = new ArrayList<>();
    private long uses;

    private <T extends @Nullable Object> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Makes a change that must not meet a channel on its way from one seat to another, and lets all who wait look again. */
    <T extends @Nullable Object> T changing(Supplier<T> change) {
        return locked(() -> {
            changed.signalAll();
            return change.get();
        });
    }

    /** Lets all who wait look again. */
    void changed() {
        boolean unused = changing(() -> true);
    }

    void add(Seat seat) {
        boolean unused = changing(() -> seats.add(seat));
    }

    /** Takes a seat away for good, and gives the channel that was in it. */
    WorkerChannel remove(Seat seat) {
        return changing(() -> {
            seat.setClosed();
            seat.setKeeper(null);
            seats.remove(seat);
            return seat.channel();
        });
    }

    // ---- use

    /**
     * Takes the channel in the seat; one that is checked or kept is waited for, and one that is taken already will do.
     *
     * @throws PythonException as {@link Seat#take}
     */
    boolean take(Seat seat, Duration limit) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (seat.isKeptByAnother() || seat.channel().isChecking()) {
                if (left <= 0) {
                    throw CareErrors.kept(seat.worker(), limit);
                }
                left = changed.awaitNanos(left);
            }
            WorkerChannel channel = seat.channel();
            return channel.tryTake() || channel.isTaken() || channel.isBusy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CareErrors.interrupted(
                    seat.worker().id(), "while it waited for worker " + seat.worker() + ", which was about to be free");
        } finally {
            lock.unlock();
        }
    }

    WorkerChannel bind(Seat seat) {
        return locked(() -> {
            seat.setBound(true);
            return seat.channel();
        });
    }

    /** Does nothing if another thread keeps it already. */
    void keep(Seat seat) {
        boolean unused = locked(() -> {
            if (!seat.isKeptByAnother()) {
                seat.setKeeper(Thread.currentThread());
            }
            return true;
        });
    }

    /**
     * Makes the channel idle, and hands it to the first who waits for its worker. False if it can not be used again. A seat
     * that another thread keeps, or that is checked, stays as it is: who gives it has waited for it in vain.
     */
    boolean give(Seat seat) {
        return changing(() -> {
            WorkerChannel channel = seat.channel();
            if (seat.isKeptByAnother() || channel.isChecking()) {
                return channel.isUsable();
            }
            channel.used(++uses);
            channel.unbound();
            seat.setBound(false);
            seat.setKeeper(null);
            boolean given = channel.tryGive();
            handOver(seat);
            return given;
        });
    }

    /** As {@link #give}, whoever keeps it. */
    boolean giveKept(Seat seat) {
        return changing(() -> {
            seat.setKeeper(null);
            return give(seat);
        });
    }

    private void handOver(Seat seat) {
        for (Waiter waiter : waiters) {
            if (seat.channel().isOf(waiter.worker()) && exchange(waiter.seat(), seat)) {
                return;
            }
        }
    }

    // ---- placement

    /** The idle channels in seats whose workers take requests. */
    Stream<WorkerChannel> idle() {
        return locked(() -> seats.stream()
                        .map(Seat::channel)
                        .filter(Seating::canServe)
                        .toList())
                .stream();
    }

    private static boolean canServe(WorkerChannel channel) {
        return channel.isIdle() && channel.isUsable() && channel.takesRequests();
    }

    /** Puts an idle channel of another seat into this one, and this one's into the other. */
    boolean tryExchange(Seat seat, WorkerChannel wanted) {
        return locked(() -> seats.stream()
                .filter(other -> other.channel() == wanted)
                .anyMatch(other -> wanted.takesRequests() && exchange(seat, other)));
    }

    private static boolean exchange(Seat seat, Seat other) {
        WorkerChannel own = seat.channel();
        WorkerChannel wanted = other.channel();
        ChannelStatus before = own.isTaken() ? ChannelStatus.TAKEN : ChannelStatus.IDLE;
        if (!seat.isFree() || !other.isFree() || !own.tryAside(before)) {
            return false;
        }
        if (!wanted.tryAside(ChannelStatus.IDLE)) {
            own.backTo(before);
            return false;
        }
        seat.put(wanted);
        other.put(own);
        wanted.backTo(before);
        own.backTo(ChannelStatus.IDLE);
        return true;
    }

    /** As {@link Seat#require}. */
    void awaitWorker(Seat seat, Placement.Required required) {
        Waiter waiter = new Waiter(seat, required.workerId());
        long left = required.limit().toNanos();
        lock.lock();
        try {
            waiters.add(waiter);
            while (!seat.channel().isOf(waiter.worker()) && !tryReach(waiter)) {
                if (left <= 0) {
                    throw CareErrors.inUse(required);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CareErrors.interrupted(required);
        } finally {
            waiters.remove(waiter);
            lock.unlock();
        }
    }

    private boolean tryReach(Waiter waiter) {
        if (!waiter.seat().isFree()) {
            throw CareErrors.bound(waiter.seat().worker(), waiter.worker());
        }
        List<Seat> others = seats.stream()
                .filter(other -> other.channel().isOf(waiter.worker()))
                .filter(other -> other.channel().isUsable() && other.channel().takesRequests())
                .toList();
        if (others.isEmpty()) {
            throw CareErrors.notThere(waiter.worker());
        }
        return others.stream().anyMatch(other -> exchange(waiter.seat(), other));
    }

    // ---- replacement

    /** Adds an idle channel that is in no seat. */
    void addSpare(WorkerChannel spare) {
        boolean unused = locked(() -> {
            bench.addSpare(spare);
            return true;
        });
    }

    /** A spare channel, idle, that is no longer one; null if there is none. */
    @Nullable
    WorkerChannel takeSpare() {
        return this.<@Nullable WorkerChannel>locked(() -> {
            WorkerChannel spare = bench.pollSpare();
            if (spare != null) {
                spare.backTo(ChannelStatus.IDLE);
            }
            return spare;
        });
    }

    /** Puts a spare into the seat of a channel that is to be replaced and idle, and parks that one; false if it can not. */
    boolean tryReplace(Seat seat) {
        return changing(() -> {
            WorkerChannel old = seat.channel();
            if (!needsOther(seat) || !seat.isFree() || !old.tryAside(ChannelStatus.IDLE)) {
                return false;
            }
            WorkerChannel fresh = bench.pollSpare();
            if (fresh == null) {
                old.backTo(ChannelStatus.IDLE);
                return false;
            }
            seat.put(fresh);
            fresh.backTo(ChannelStatus.IDLE);
            old.onLoss(() -> {});
            bench.park(old);
            return true;
        });
    }

    private static boolean needsOther(Seat seat) {
        return seat.channel().standing().isToBeReplaced();
    }

    /** The seats whose channel is to be replaced. */
    List<Seat> unsettled() {
        return locked(() -> seats.stream().filter(Seating::needsOther).toList());
    }

    /** Whether more seats wait for another channel than there are spares. */
    boolean lacksSpares() {
        return locked(() -> unsettled().size() > bench.spares());
    }

    /** Whether there are more spares than seats that wait for another channel. */
    boolean hasSurplus() {
        return locked(() -> bench.spares() > unsettled().size());
    }

    /** Takes the spares that no seat waits for out of here. */
    List<WorkerChannel> surplus() {
        return locked(() -> bench.surplus(unsettled().size()));
    }

    /** Takes the parked channels whose workers are to be ended out of here. */
    List<WorkerChannel> dismissed() {
        return locked(bench::dismissed);
    }

    /** Makes spares of the parked channels whose workers serve again. */
    List<WorkerChannel> recalled() {
        return locked(bench::recalled);
    }

    /** Whether there is anything for the caretaker to do, now or later. */
    boolean needsCare() {
        return locked(() -> bench.needsCare() || seats.stream().anyMatch(Seating::needsOther));
    }

    /** The ids of the workers that have a channel in a seat. */
    Set<String> seated() {
        return locked(() -> seats.stream().map(seat -> seat.worker().id()).collect(Collectors.toSet()));
    }

    /** Waits until the condition holds, at most for that time; an interrupt ends the wait and stays set. */
    void await(Duration limit, BooleanSupplier condition) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (left > 0 && !condition.getAsBoolean()) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
