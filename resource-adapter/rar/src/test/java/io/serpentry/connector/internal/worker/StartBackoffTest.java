// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("core")
class StartBackoffTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final InstantSource clock = now::get;
    private final StartBackoff backoff = new StartBackoff(clock);

    private Duration pauseAfterFailure() {
        return Duration.between(now.get(), backoff.failed("no", "", null).retryAt());
    }

    private void pass(Duration time) {
        now.updateAndGet(instant -> instant.plus(time));
    }

    @Test
    void pausesMustDoubleUpToTenSeconds() {
        assertThat(pauseAfterFailure()).isEqualTo(Duration.ofMillis(250));
        assertThat(pauseAfterFailure()).isEqualTo(Duration.ofMillis(500));
        for (int i = 0; i < 20; i++) {
            pauseAfterFailure();
        }
        assertThat(pauseAfterFailure()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void anAttemptMustBeRefusedUntilThePauseIsOver() {
        backoff.failed("no", "", null);

        assertThat(backoff.tooEarly()).isNotNull();
        pass(Duration.ofMillis(250));
        assertThat(backoff.tooEarly()).isNull();
    }

    @Test
    void oneEarlyDeathMustCostNoPauseAndASecondMust() {
        backoff.diedEarly("died", "");
        assertThat(backoff.tooEarly()).isNull();
        backoff.started();

        backoff.diedEarly("died", "");

        assertThat(backoff.tooEarly()).isNotNull();
    }

    @Test
    void aHelloMustClearTheFailureButNotTheStreak() {
        pauseAfterFailure();
        backoff.started();

        assertThat(backoff.last()).isNull();
        assertThat(pauseAfterFailure()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void anAnsweredCallMustForgetTheStreak() {
        pauseAfterFailure();
        backoff.started();
        backoff.proven();

        assertThat(pauseAfterFailure()).isEqualTo(Duration.ofMillis(250));
    }
}
