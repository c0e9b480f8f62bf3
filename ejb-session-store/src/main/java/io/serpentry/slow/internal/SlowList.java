// SPDX-License-Identifier: Apache-2.0
package io.serpentry.slow.internal;

import io.serpentry.session.internal.config.SlowSettings;
import io.serpentry.slow.SlowOperation;
import io.serpentry.slow.SlowReport;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The slowest operations of late, at most so many. Any thread may use it. */
final class SlowList {

    private static final Comparator<SlowOperation> BY_DURATION = Comparator.comparing(SlowOperation::duration);

    private final SlowSettings settings;
    private final InstantSource clock;
    private final PriorityQueue<SlowOperation> slowest = new PriorityQueue<>(BY_DURATION);

    SlowList(SlowSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    synchronized void add(SlowOperation operation) {
        forgetOld();
        slowest.add(operation);
        if (slowest.size() > settings.kept()) {
            slowest.remove();
        }
    }

    synchronized SlowReport report() {
        forgetOld();
        List<SlowOperation> sorted = new ArrayList<>(slowest);
        sorted.sort(BY_DURATION.reversed());
        return new SlowReport(settings.threshold(), settings.age(), sorted);
    }

    private void forgetOld() {
        Instant oldest = clock.instant().minus(settings.age());
        slowest.removeIf(operation -> operation.endedAt().isBefore(oldest));
    }
}
