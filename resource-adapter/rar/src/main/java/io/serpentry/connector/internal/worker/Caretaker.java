// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerHolder;
import io.serpentry.connector.WorkerStartReason;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Replaces workers that are cordoned, drained, recycled or worn: starts another first, then puts it into the seats of the
 * old one, each at a moment when nobody uses it.
 *
 * <pre>
 *   to be replaced -> another is started -> spare -> (seat idle) -> in the seat; the old one parked
 *                                                                     | cordoned: stays, may come back
 *                                                                     | due, leaving: ended
 * </pre>
 *
 * <p>Whatever may give it work wakes it; it then runs once on a thread of the container, looks at everything anew and does
 * what can be done. So it needs no memory of what it has begun. Safe for use by any number of threads.
 */
public final class Caretaker {

    private final WorkerPool pool;
    private final Seating seating;
    private final AtomicInteger calledFor = new AtomicInteger();

    Caretaker(WorkerPool pool, Seating seating) {
        this.pool = pool;
        this.seating = seating;
    }

    // ---- orders

    /** As {@link io.serpentry.connector.PythonPool#cordon}. */
    public void cordon(String workerId) {
        Worker worker = pool.worker(workerId);
        if (tryCordon(worker, workerId)) {
            pool.listeners()
                    .tell(listener -> listener.workerCordoned(pool.settings().name(), worker.identity()));
        }
        wake();
    }

    private synchronized boolean tryCordon(Worker worker, String workerId) {
        int spare = pool.settings().spareWorkers();
        if (worker.standing() == Standing.SERVING && pool.cordoned() >= spare) {
            throw CareErrors.tooManyCordoned(workerId, pool.settings().name(), spare);
        }
        return worker.cordon();
    }

    /** As {@link io.serpentry.connector.PythonPool#uncordon}. */
    public void uncordon(String workerId) {
        Worker worker = pool.worker(workerId);
        if (tryUncordon(worker, workerId)) {
            pool.listeners()
                    .tell(listener -> listener.workerUncordoned(pool.settings().name(), worker.identity()));
        }
        wake();
    }

    private synchronized boolean tryUncordon(Worker worker, String workerId) {
        boolean uncordoned = worker.uncordon();
        if (!uncordoned && worker.standing() != Standing.SERVING) {
            throw CareErrors.leaving(workerId);
        }
        return uncordoned;
    }

    /** As {@link io.serpentry.connector.PythonPool#recycle}. */
    public void recycle(String workerId) {
        pool.worker(workerId).recycle();
        wake();
    }

    /** As {@link io.serpentry.connector.PythonPool#drain}. */
    public boolean drain(String workerId, Duration limit) {
        Worker worker = pool.worker(workerId);
        worker.leave();
        wake();
        try {
            return worker.hasEndedWithin(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CareErrors.interrupted(workerId, "while it waited for the end of worker " + workerId);
        }
    }

    /** As {@link io.serpentry.connector.PythonPool#awaitUnused}. */
    public List<WorkerHolder> awaitUnused(String workerId, Duration limit) {
        Worker worker = pool.worker(workerId);
        seating.await(limit, () -> worker.holders().isEmpty());
        return worker.holders();
    }

    // ---- seats

    /** A seat was given back: its worker may have reached a limit, or a spare may be waiting for it. */
    void examine(Seat seat) {
        Worker worker = seat.channel().owner();
        worker.examine(pool.clock());
        boolean waits = worker.standing().isToBeReplaced() && !settle(seat);
        if (waits && seating.lacksSpares() && pool.mayStartSpare()) {
            wake();
        }
    }

    /** Looks at all limits of the worker. True if it is to be ended, and no other may be started first. */
    boolean mustGoUnreplaced(Seat seat) {
        Worker worker = seat.channel().owner();
        worker.examineThoroughly(pool.clock());
        if (worker.standing().isToBeReplaced()) {
            wake();
        }
        return worker.standing().endsWhenReplaced()
                && pool.cordoned() >= pool.settings().spareWorkers();
    }

    /** The worker in the seat gets no request: waits for another while one is being started. */
    void relieve(Seat seat) {
        wake();
        seating.await(
                pool.settings().startTimeout(),
                () -> seat.channel().takesRequests() || seating.idle().findAny().isPresent() || calledFor.get() == 0);
    }

    // ---- work

    void wakeIfNeeded() {
        if (seating.needsCare()) {
            wake();
        }
    }

    void wake() {
        if (calledFor.getAndIncrement() == 0) {
            try {
                pool.threads().execute(this::run);
            } catch (RejectedExecutionException | IllegalStateException e) {
                calledFor.set(0);
                WorkerLog.LOG.careFailed(pool.settings().name(), e);
            }
        }
    }

    private void run() {
        int seen;
        do {
            seen = calledFor.get();
            try {
                tend();
            } catch (ConnectionStateException e) {
                WorkerLog.LOG.debug("the pool is shut down", e);
            } catch (PythonException e) {
                WorkerLog.LOG.notReplaced(pool.settings().name(), String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                WorkerLog.LOG.careFailed(pool.settings().name(), e);
            }
        } while (calledFor.addAndGet(-seen) > 0);
        seating.changed();
    }

    private void tend() {
        closeDismissed();
        makeRoomFor(seating.recalled());
        settleAll();
        while (seating.lacksSpares() && pool.mayStartSpare()) {
            seating.addSpare(pool.openFresh(WorkerStartReason.CARE));
            settleAll();
        }
        seating.surplus().forEach(WorkerChannel::close);
    }

    private void settleAll() {
        seating.unsettled().forEach(this::settle);
    }

    private boolean settle(Seat seat) {
        WorkerChannel old = seat.channel();
        if (!seating.tryReplace(seat)) {
            return false;
        }
        WorkerLog.LOG.replaced(old.worker().id(), seat.worker().id(), old.standing());
        closeDismissed();
        return true;
    }

    private void closeDismissed() {
        seating.dismissed().forEach(WorkerChannel::close);
    }

    /** Workers that serve again get the seats of the youngest others. */
    private void makeRoomFor(List<WorkerChannel> recalled) {
        Set<Worker> back = recalled.stream().map(WorkerChannel::owner).collect(Collectors.toSet());
        while (!back.isEmpty() && seating.hasSurplus()) {
            Worker youngest = pool.youngestSeated(back);
            if (youngest == null) {
                return;
            }
            youngest.recycle();
        }
    }
}
