// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerLostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers that die, and what their callers are told. */
@Tag("core")
class WorkerLossTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    @Test
    void aWorkerKilledInACallMustFailThatCallWithSignalWorkerAndFunction() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel channel = PoolFixture.taken(pool);
        var call = fixture.sleepingCall(channel);

        PoolFixture.signal("KILL", channel.worker().pid());

        assertThat(call.failure())
                .isInstanceOf(WorkerLostException.class)
                .hasMessageContaining("SIGKILL")
                .hasMessageContaining(channel.worker().id())
                .hasMessageContaining("probe.sleep_and_touch");
        assertThat(PoolFixture.isZombie(channel.worker().pid())).isFalse();
        assertThat(fixture.call(PoolFixture.taken(pool), "probe.add", "left", 1, "right", 2))
                .hasToString("3");
        assertThat(pool.counters().lostCount()).isEqualTo(1);
    }

    @Test
    void aCrashInNativeCodeMustShowThePythonStackOfThatMoment() throws IOException {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());

        PythonException failure = PoolFixture.failure(() -> fixture.call(channel, "probe.crash_natively"));

        assertThat(failure).isInstanceOf(WorkerLostException.class).hasMessageContaining("SIGSEGV");
        assertThat(failure.python()).isNotNull();
        assertThat(failure.python().traceback()).contains("crash_natively");
    }

    @Test
    void aWorkerThatExitsInACallMustBeReportedWithItsStatus() throws IOException {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());

        PythonException failure = PoolFixture.failure(() -> fixture.call(channel, "probe.leave", "status", 7));

        assertThat(failure).isInstanceOf(WorkerLostException.class).hasMessageContaining("status 7");
    }

    @Test
    void anInterruptFromElsewhereMustNotLookLikeATimeout() throws IOException {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());

        PythonException failure = PoolFixture.failure(() -> fixture.call(channel, "probe.die", "signal_number", 2));

        assertThat(failure).isInstanceOf(WorkerLostException.class).hasMessageContaining("not of our order");
        PoolFixture.awaitGone(channel.worker().pid());
    }

    @Test
    void theDeathOfAnIdleWorkerMustBeToldAtOnce() throws Exception {
        WorkerChannel channel = fixture.pool().open();
        CompletableFuture<Void> told = new CompletableFuture<>();
        channel.onLoss(() -> told.complete(null));

        PoolFixture.signal("KILL", channel.worker().pid());

        told.get(10, TimeUnit.SECONDS);
        assertThat(channel.isUsable()).isFalse();
    }

    @Test
    void aGrandchildThatHoldsTheSocketMustNotHideTheDeath() throws Exception {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());
        Path child = fixture.temporaryDirectory().resolve("child");
        var call = Background.of(() -> fixture.call(channel, "probe.grandchild", "path", child.toString()));
        Await.until(
                "the grandchild runs",
                () -> Files.exists(child) && child.toFile().length() > 0);

        PoolFixture.signal("KILL", channel.worker().pid());

        assertThat(call.failure()).isInstanceOf(WorkerLostException.class).hasMessageContaining("SIGKILL");
        PoolFixture.signal("KILL", Long.parseLong(Files.readString(child)));
    }

    @Test
    void aWorkerThatClosesItsOwnSocketMustBeEndedAndReported() throws IOException {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());

        PythonException failure = PoolFixture.failure(() -> fixture.call(channel, "probe.close_all_descriptors"));

        assertThat(failure).isInstanceOf(WorkerLostException.class);
        assertThat(PoolFixture.isAlive(channel.worker().pid())).isFalse();
    }

    @Test
    void theDeathOfTheZygoteMustFailCallsWithTheCauseAndBeMended() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel channel = PoolFixture.taken(pool);
        var call = fixture.sleepingCall(channel);

        PoolFixture.signal("KILL", pool.zygote().pid());

        assertThat(call.failure()).isInstanceOf(WorkerLostException.class).hasMessageContaining("fork server");
        PoolFixture.awaitGone(channel.worker().pid());
        assertThat(fixture.call(PoolFixture.taken(pool), "probe.add", "left", 1, "right", 2))
                .hasToString("3");
        assertThat(pool.zygote().generation()).isEqualTo(2);
    }

    @Test
    void noProcessMustBeLeftWhenThePoolIsClosedWhateverItsWorkersDo() throws Exception {
        WorkerPool pool = fixture.pool();
        Path directory = fixture.temporaryDirectory();
        WorkerChannel idle = pool.open();
        WorkerChannel sleeping = PoolFixture.taken(pool);
        WorkerChannel spinning = PoolFixture.taken(pool);
        Background.of(() -> fixture.call(
                sleeping,
                "probe.sleep_and_touch",
                "path",
                directory.resolve("a").toString(),
                "seconds",
                60));
        Background.of(() -> fixture.call(
                spinning, "probe.spin_natively", "path", directory.resolve("b").toString()));
        Await.until(
                "both calls run", () -> Files.exists(directory.resolve("a")) && Files.exists(directory.resolve("b")));
        long zygote = pool.zygote().pid();

        pool.close();

        assertThat(PoolFixture.isAlive(idle.worker().pid())).isFalse();
        assertThat(PoolFixture.isAlive(sleeping.worker().pid())).isFalse();
        assertThat(PoolFixture.isAlive(spinning.worker().pid())).isFalse();
        assertThat(PoolFixture.isAlive(zygote)).isFalse();
    }
}
