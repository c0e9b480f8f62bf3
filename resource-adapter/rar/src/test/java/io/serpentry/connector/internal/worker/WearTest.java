// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The limits of single workers. */
@Tag("core")
class WearTest {

    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private final PoolFixture.Settings settings = new PoolFixture.Settings();

    private Wear wear(double random) {
        return Wear.of(settings.build(), START, random);
    }

    @Test
    void limitsOfCallsMustDifferByATenthAtMost() {
        settings.maxCalls = 1000;

        assertThat(wear(0).maxCalls()).isEqualTo(900);
        assertThat(wear(0.5).maxCalls()).isEqualTo(1000);
        assertThat(wear(1).maxCalls()).isEqualTo(1100);
    }

    @Test
    void aLimitOfOneCallMustStayOne() {
        settings.maxCalls = 1;

        assertThat(wear(0).isOverCalls(0)).isFalse();
        assertThat(wear(0).isOverCalls(1)).isTrue();
    }

    @Test
    void withoutLimitsNothingMustWearAWorkerOut() {
        Wear wear = wear(0.5);

        assertThat(wear.isOverCalls(Long.MAX_VALUE)).isFalse();
        assertThat(wear.isOverAge(() -> Instant.MAX)).isFalse();
        assertThat(wear.isOverMemory(() -> Long.MAX_VALUE)).isFalse();
    }

    @Test
    void aWorkerMustBeWornFromTheMomentItHasReachedItsAge() {
        settings.maxAge = Duration.ofHours(1);

        assertThat(wear(0).isOverAge(() -> START.plusSeconds(3599))).isFalse();
        assertThat(wear(0).isOverAge(() -> START.plusSeconds(3600))).isTrue();
    }
}
