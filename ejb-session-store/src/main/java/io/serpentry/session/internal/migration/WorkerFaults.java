// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.connector.EndedCall;
import io.serpentry.connector.PoolListener;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How many of each worker's calls have failed by a fault within the last while. Any number of threads may note calls, one may look. */
final class WorkerFaults implements PoolListener {

    private final Duration window;
    private final Map<String, Counted> workers = new ConcurrentHashMap<>();

    WorkerFaults(Duration window) {
        this.window = window;
    }

    /** So many calls, of which so many failed. */
    record Share(long calls, long faults) {

        static final Share NONE = new Share(0, 0);

        Share plus(Share other) {
            return new Share(calls + other.calls, faults + other.faults);
        }

        Share minus(Share other) {
            return new Share(calls - other.calls, faults - other.faults);
        }

        boolean isOver(int percent) {
            return faults * 100 > calls * percent;
        }

        long percent() {
            return calls == 0 ? 0 : faults * 100 / calls;
        }
    }

    private record Part(Instant end, Share share) {}

    private static final class Counted {

        private final LongAdder calls = new LongAdder();
        private final LongAdder faults = new LongAdder();
        private final Deque<Part> parts = new ArrayDeque<>();

        /** A call that ends meanwhile may be counted in the next part. */
        Share look(Instant now, Duration window) {
            parts.addLast(new Part(now, new Share(calls.sumThenReset(), faults.sumThenReset())));
            while (parts.getFirst().end().isBefore(now.minus(window))) {
                parts.removeFirst();
            }
            return parts.stream().map(Part::share).reduce(Share.NONE, Share::plus);
        }
    }

    @Override
    public void callEnded(EndedCall call) {
        Counted counted = workers.computeIfAbsent(call.worker().id(), id -> new Counted());
        if (call.isFault()) {
            counted.faults.increment();
        }
        counted.calls.increment();
    }

    @Override
    public void workerEnded(String pool, WorkerIdentity worker, WorkerEndCause cause, String how) {
        workers.remove(worker.id());
    }

    /** Of that worker within the window that ends now; what has happened until now becomes part of it. */
    Share look(String worker, Instant now) {
        Counted counted = workers.get(worker);
        return counted == null ? Share.NONE : counted.look(now, window);
    }
}
