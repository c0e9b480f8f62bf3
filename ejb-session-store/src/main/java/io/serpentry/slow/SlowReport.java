// SPDX-License-Identifier: Apache-2.0
package io.serpentry.slow;

import java.time.Duration;
import java.util.List;

/**
 * What took longest on this server of late.
 *
 * @param threshold what took less is not here
 * @param age what ended earlier is not here any more
 * @param slowest first the one that took longest
 */
public record SlowReport(Duration threshold, Duration age, List<SlowOperation> slowest) {

    public SlowReport {
        slowest = List.copyOf(slowest);
    }
}
