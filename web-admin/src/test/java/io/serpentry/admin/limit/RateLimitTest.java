// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.admin.limit.RateLimit.Sender;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private static final Sender ADA = new Sender("ada", "10.0.0.1");

    @Test
    void whoHasSentAsManyAsMayComeAtOnceMustWaitForTheNext() {
        RateLimit limit = new RateLimit(1, 1000);
        int served = 0;
        while (limit.take(ADA).isZero()) {
            served++;
        }

        assertThat(served).isGreaterThanOrEqualTo(1000);
        assertThat(limit.take(new Sender("ada", "10.0.0.2")))
                .as("from elsewhere")
                .isZero();
        assertThat(limit.take(new Sender("bob", "10.0.0.1")))
                .as("somebody else")
                .isZero();
    }

    @Test
    void theWaitMustBeToldInWholeSeconds() {
        RateLimit limit = new RateLimit(1, 1);
        Duration wait;
        do {
            wait = limit.take(ADA);
        } while (wait.isZero());

        assertThat(wait).isEqualTo(Duration.ofSeconds(1));
    }
}
