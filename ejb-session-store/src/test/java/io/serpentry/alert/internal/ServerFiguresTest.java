// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.alert.AlertRule;
import io.serpentry.connector.EndedCall;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PoolHealth;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.session.testkit.FakePool;
import io.serpentry.session.testkit.FakePools;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What the figures of a pool are that can start no worker, so that no call ever ends. */
class ServerFiguresTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final FakePools pools = new FakePools();
    private final FakePool pool = pools.pool("default", "a");
    private final ServerFigures figures = new ServerFigures(pools, () -> 0, Duration.ofMinutes(1));

    private double figure(AlertRule rule) {
        return figures.read(NOW, true).stream()
                .filter(reading -> reading.rule() == rule)
                .findFirst()
                .orElseThrow()
                .value();
    }

    @Test
    void whoGetsNoWorkerMustCountAsACallThatFails() {
        for (int i = 0; i < 3; i++) {
            figures.connectionWaited("default", Duration.ofSeconds(1), ErrorCode.WORKER_START_FAILED);
            figures.connectionWaited("default", Duration.ofSeconds(1), null);
            figures.callEnded(new EndedCall("default", "a.b", new WorkerIdentity("a", 1), Duration.ofMillis(1), null));
        }

        assertThat(figure(AlertRule.ERROR_RATIO)).isEqualTo(0.5);
    }

    @Test
    void whoHasAskedForWhatCanNotBeMustNotCount() {
        figures.connectionWaited("default", Duration.ofSeconds(1), ErrorCode.ILLEGAL_STATE);

        assertThat(figure(AlertRule.ERROR_RATIO)).isZero();
    }

    @Test
    void aPoolThatIsDownMustBeAFigure() {
        assertThat(figure(AlertRule.POOL_DOWN)).isZero();

        pool.health(PoolHealth.State.DEGRADED);
        assertThat(figure(AlertRule.POOL_DOWN)).isZero();
        pool.health(PoolHealth.State.DOWN);
        assertThat(figure(AlertRule.POOL_DOWN)).isEqualTo(1);
    }
}
