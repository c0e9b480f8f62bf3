// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** How much a count has grown within the last while. Not safe for use by several threads. */
final class RateWindow {

    private record Point(Instant at, long count) {}

    private final Duration length;
    private final Deque<Point> points = new ArrayDeque<>();

    RateWindow(Duration length) {
        this.length = length;
    }

    /** Notes the count as it is now, and gives its growth since the window began, or since the first note. */
    long grown(Instant now, long count) {
        points.addLast(new Point(now, count));
        Instant begin = now.minus(length);
        // One point from before the window stays, for what has grown since.
        while (points.size() > 2 && !second().at().isAfter(begin)) {
            points.removeFirst();
        }
        return count - points.getFirst().count();
    }

    private Point second() {
        return points.stream().skip(1).findFirst().orElseThrow();
    }

    /** The same per minute. */
    double perMinute(Instant now, long count) {
        return grown(now, count) * 60_000.0 / length.toMillis();
    }
}
