// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.CallTimeoutException;
import io.serpentry.connector.PythonException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls over their deadline: each rung of the ladder, and what the caller sees of it. */
@Tag("core")
class TimeoutLadderTest {

    private static final Duration SHORT = Duration.ofMillis(1500);

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    private PythonException timeout(WorkerChannel channel, String function, Object... arguments) {
        PythonException failure = PoolFixture.failure(() -> fixture.callWithin(SHORT, channel, function, arguments));
        assertThat(failure)
                .isInstanceOf(CallTimeoutException.class)
                .hasMessageContaining(function)
                .hasMessageContaining("1500 ms");
        assertThat(PoolFixture.isAlive(channel.worker().pid()))
                .as("the worker is dead when the caller is told")
                .isFalse();
        assertThat(channel.isUsable()).isFalse();
        return failure;
    }

    private static String traceback(PythonException failure) {
        return failure.python() == null ? "" : failure.python().traceback();
    }

    @Test
    void aPythonLoopMustEndByCancellationAndShowItsStack() throws IOException {
        PythonException failure = timeout(PoolFixture.taken(fixture.pool()), "probe.loop");

        assertThat(traceback(failure)).contains("in loop");
        assertThat(failure.getStackTrace()[0].getMethodName()).isEqualTo("loop");
        assertThat(failure.getStackTrace()[0].getFileName()).isEqualTo("probe.py");
    }

    @Test
    void aSleepMustEndByInterruption() throws IOException {
        PythonException failure = timeout(PoolFixture.taken(fixture.pool()), "probe.sleep", "seconds", 60);

        assertThat(traceback(failure)).contains("in sleep");
    }

    @Test
    void aCallThatSwallowsEveryRequestMustEndByAbort() throws IOException {
        Path running = fixture.temporaryDirectory().resolve("running");

        PythonException failure =
                timeout(PoolFixture.taken(fixture.pool()), "probe.stubborn", "path", running.toString());

        assertThat(failure).hasMessageContaining("SIGABRT");
        assertThat(traceback(failure)).contains("stubborn");
    }

    @Test
    void nativeCodeThatHoldsTheLockMustEndByAbortAndShowTheDump() throws IOException {
        Path running = fixture.temporaryDirectory().resolve("running");

        PythonException failure =
                timeout(PoolFixture.taken(fixture.pool()), "probe.spin_natively", "path", running.toString());

        assertThat(failure).hasMessageContaining("SIGABRT");
        assertThat(traceback(failure)).contains("spin_natively");
    }

    @Test
    void aWorkerThatSurvivesAbortMustBeKilled() throws IOException {
        Path running = fixture.temporaryDirectory().resolve("running");

        PythonException failure =
                timeout(PoolFixture.taken(fixture.pool()), "probe.block_abort", "path", running.toString());

        assertThat(failure).hasMessageContaining("SIGKILL");
    }

    @Test
    void aStoppedWorkerMustBeKilled() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel channel = PoolFixture.taken(pool);
        PoolFixture.signal("STOP", channel.worker().pid());

        timeout(channel, "probe.pid");

        assertThat(fixture.call(PoolFixture.taken(pool), "probe.add", "left", 1, "right", 2))
                .hasToString("3");
    }

    @Test
    void aStoppedZygoteMustNotKeepACallerPastItsDeadline() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel channel = PoolFixture.taken(pool);
        PoolFixture.signal("STOP", pool.zygote().pid());

        PythonException failure =
                PoolFixture.failure(() -> fixture.callWithin(SHORT, channel, "probe.sleep", "seconds", 60));

        assertThat(failure).isInstanceOf(CallTimeoutException.class).hasMessageContaining("did not acknowledge");
        PoolFixture.awaitGone(channel.worker().pid());
        assertThat(fixture.call(PoolFixture.taken(pool), "probe.add", "left", 1, "right", 2))
                .hasToString("3");
    }

    @Test
    void aStartMustBeServedByTheSuccessorOfAStoppedZygote() throws Exception {
        WorkerPool pool = fixture.pool();
        PoolFixture.taken(pool);
        long stopped = pool.zygote().pid();
        PoolFixture.signal("STOP", stopped);

        WorkerChannel channel = PoolFixture.taken(pool);

        assertThat(fixture.call(channel, "probe.add", "left", 1, "right", 2)).hasToString("3");
        assertThat(PoolFixture.isAlive(stopped)).isFalse();
        assertThat(pool.zygote().generation()).isEqualTo(2);
    }

    @Test
    void anAbandonedCallMustFreeItsCallerAndEndTheWorker() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel channel = PoolFixture.taken(pool);
        var call = fixture.sleepingCall(channel);

        assertThat(channel.abandon("the transaction timed out")).isTrue();

        assertThat(call.failure())
                .isInstanceOf(CallTimeoutException.class)
                .hasMessageContaining("the transaction timed out");
        assertThat(PoolFixture.isAlive(channel.worker().pid())).isFalse();
    }

    @Test
    void theNextCallOfAPoolMustNotSeeALateAnswer() throws IOException {
        WorkerPool pool = fixture.pool();
        timeout(PoolFixture.taken(pool), "probe.sleep", "seconds", 3);

        WorkerChannel next = PoolFixture.taken(pool);

        assertThat(fixture.call(next, "probe.add", "left", 20, "right", 22)).hasToString("42");
    }
}
