// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerEndCause;
import io.serpentry.connector.WorkerStartReason;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What has happened in a pool since it was made. Safe for use by any number of threads. */
public final class PoolCounters {

    private final LongAdder calls = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder timeouts = new LongAdder();
    private final Map<WorkerStartReason, LongAdder> starts = adders(WorkerStartReason.class);
    private final Map<WorkerEndCause, LongAdder> ends = adders(WorkerEndCause.class);
    private final LongAdder lost = new LongAdder();
    private volatile @Nullable Instant lastLost;

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> keys) {
        Map<E, LongAdder> adders = new EnumMap<>(keys);
        for (E key : keys.getEnumConstants()) {
            adders.put(key, new LongAdder());
        }
        return Collections.unmodifiableMap(adders);
    }

    private static <E extends Enum<E>> Map<E, Long> sums(Map<E, LongAdder> adders) {
        return adders.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                .sum()));
    }

    void callBegins() {
        calls.increment();
    }

    /** Counts a call that failed, and gives the exception back to be thrown. */
    public PythonException failed(PythonException failure) {
        failures.increment();
        if (failure.code() == ErrorCode.CALL_TIMEOUT) {
            timeouts.increment();
        }
        return failure;
    }

    void started(WorkerStartReason reason) {
        Objects.requireNonNull(starts.get(reason)).increment();
    }

    void ended(WorkerEndCause cause) {
        Objects.requireNonNull(ends.get(cause)).increment();
    }

    void lost(Instant when) {
        lost.increment();
        lastLost = when;
    }

    /** Calls sent. */
    public long callCount() {
        return calls.sum();
    }

    /** Calls that ended in any error, timeouts and losses included. */
    public long failureCount() {
        return failures.sum();
    }

    /** Calls that passed their deadline. */
    public long timeoutCount() {
        return timeouts.sum();
    }

    /** Workers that have said hello. */
    public long startedCount() {
        return starts.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Workers that have said hello, by why they were started. */
    public Map<WorkerStartReason, Long> starts() {
        return sums(starts);
    }

    /** Workers that had said hello and are dead, by why. */
    public Map<WorkerEndCause, Long> ends() {
        return sums(ends);
    }

    /** Workers that died without being told to. */
    public long lostCount() {
        return lost.sum();
    }

    /** When a worker last died without being told to, null if never. */
    public @Nullable Instant lastLost() {
        return lastLost;
    }
}
