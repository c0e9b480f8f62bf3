// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import static io.serpentry.admin.metrics.PoolReading.State.BUSY;
import static io.serpentry.admin.metrics.PoolReading.State.DRAINING;
import static io.serpentry.admin.metrics.PoolReading.State.IDLE;
import static io.serpentry.admin.metrics.PoolReading.State.STARTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.WorkerState;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PoolReadingTest {

    private final ShownPool pool = new ShownPool("default");

    @Test
    void aLiveWorkerMustBeBusyWhileACallRunsAndIdleOtherwise() {
        pool.with(WorkerState.LIVE, 1).withBusy(WorkerState.LIVE, 1).with(WorkerState.LIVE, 1);

        assertThat(PoolReading.of(pool).workers()).isEqualTo(Map.of(IDLE, 2, BUSY, 1));
    }

    @Test
    void aWorkerThatEndsMustBeDrainingEvenIfItsCallStillRuns() {
        pool.withBusy(WorkerState.DRAINING, 1).with(WorkerState.DRAINING, 1);

        assertThat(PoolReading.of(pool).workers()).isEqualTo(Map.of(DRAINING, 2));
    }

    @Test
    void aWorkerMustCountFromTheStartOfItsProcessToItsEnd() {
        pool.with(WorkerState.STARTING, 1).with(WorkerState.DEAD, 0);

        assertThat(PoolReading.of(pool).workers()).isEqualTo(Map.of(STARTING, 1));
    }

    @Test
    void aStateThatNoWorkerIsInMustHaveNone() {
        assertThat(PoolReading.of(pool).workers(BUSY)).isZero();
    }

    @Test
    void memoryMustBeThatOfAllWorkers() {
        pool.with(WorkerState.LIVE, 1000).with(WorkerState.DRAINING, 30).with(WorkerState.STARTING, 2);

        assertThat(PoolReading.of(pool).memoryBytes()).isEqualTo(1032);
    }
}
