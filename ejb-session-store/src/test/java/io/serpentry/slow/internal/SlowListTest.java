// SPDX-License-Identifier: Apache-2.0
package io.serpentry.slow.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.internal.config.SlowSettings;
import io.serpentry.session.testkit.ManualClock;
import io.serpentry.slow.SlowOperation;
import io.serpentry.slow.SlowOperation.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlowListTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualClock clock = new ManualClock();
    private final SlowList list = new SlowList(new SlowSettings(Duration.ofSeconds(1), 3, HOUR, List.of()), clock);

    private void add(String name, long seconds) {
        list.add(new SlowOperation(
                Kind.CALL, name, "w", null, null, clock.instant(), Duration.ofSeconds(seconds), null));
    }

    private List<String> names() {
        return list.report().slowest().stream().map(SlowOperation::name).toList();
    }

    @Test
    void theSlowestMustBeFirst() {
        add("b", 2);
        add("c", 1);
        add("a", 3);

        assertThat(names()).containsExactly("a", "b", "c");
    }

    @Test
    void theFastestMustGoIfThereAreTooMany() {
        add("b", 3);
        add("d", 1);
        add("a", 4);
        add("c", 2);

        assertThat(names()).containsExactly("a", "b", "c");
    }

    @Test
    void whatIsTooOldMustGoAndMakeRoom() {
        add("a", 9);
        add("b", 8);
        add("c", 7);
        clock.pass(HOUR.plusMillis(1));

        assertThat(names()).isEmpty();
        add("d", 1);
        assertThat(names()).containsExactly("d");
    }

    @Test
    void whatIsAsOldAsItMayBeMustStay() {
        add("a", 1);
        clock.pass(HOUR);

        assertThat(names()).containsExactly("a");
    }
}
