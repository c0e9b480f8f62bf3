// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.StartFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a pool whose workers do not start from trying all the time: after n failures in a row the next attempt waits
 * 0.25 s × 2ⁿ⁻¹, at most 10 s. Safe for use by any number of threads.
 */
final class StartBackoff {

    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final InstantSource clock;
    private volatile @Nullable StartFailure last;
    private volatile boolean proven;
    private int streak;

    StartBackoff(InstantSource clock) {
        this.clock = clock;
    }

    /** The last failure, null if the last start went well. */
    @Nullable
    StartFailure last() {
        return last;
    }

    /** The last failure if it is too early for another attempt, else null. */
    @Nullable
    StartFailure tooEarly() {
        StartFailure failure = last;
        return failure != null && clock.instant().isBefore(failure.retryAt()) ? failure : null;
    }

    /** A worker has said hello. It may still die at once, so the length of the next pause is not forgotten yet. */
    void started() {
        last = null;
    }

    /** A worker has served a call: the next failure is a first one. */
    void proven() {
        if (!proven) {
            proven = true;
            synchronized (this) {
                streak = 0;
            }
        }
    }

    /** A start failed. */
    synchronized StartFailure failed(String message, String stderr, @Nullable String traceback) {
        return record(message, stderr, traceback, streak + 1);
    }

    /** A worker died before it had served a call. Once may be bad luck, so only from the second time on there is a pause. */
    synchronized StartFailure diedEarly(String message, String stderr) {
        return record(message, stderr, null, streak);
    }

    private StartFailure record(String message, String stderr, @Nullable String traceback, int step) {
        proven = false;
        streak++;
        Duration pause = step == 0 ? Duration.ZERO : FIRST.multipliedBy(1L << Math.min(step - 1, 10));
        Instant now = clock.instant();
        StartFailure failure = new StartFailure(
                message, now, streak, now.plus(pause.compareTo(LONGEST) > 0 ? LONGEST : pause), stderr, traceback);
        last = failure;
        return failure;
    }
}
