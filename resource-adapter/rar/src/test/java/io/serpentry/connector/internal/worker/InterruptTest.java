// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.CallInterruptedException;
import io.serpentry.connector.PythonException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A caller that is interrupted before, in and after a call. */
@Tag("core")
class InterruptTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    @Test
    void anInterruptBeforeTheCallMustLeaveTheWorkerUntouched() throws Exception {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());
        Thread.currentThread().interrupt();

        PythonException failure = PoolFixture.failure(() -> fixture.call(channel, "probe.pid"));

        assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
        assertThat(failure).isInstanceOf(CallInterruptedException.class).hasMessageContaining("before");
        assertThat(fixture.call(channel, "probe.add", "left", 1, "right", 2)).hasToString("3");
    }

    @Test
    void anInterruptDuringTheCallMustEndTheWorkerAndSayThatTheCallWasSent() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel channel = PoolFixture.taken(pool);
        Path running = fixture.temporaryDirectory().resolve("running");
        boolean[] flag = new boolean[1];
        var call = Background.of(() -> {
            try {
                return fixture.call(channel, "probe.sleep_and_touch", "path", running.toString(), "seconds", 60);
            } finally {
                flag[0] = Thread.currentThread().isInterrupted();
            }
        });
        Await.until("the call runs", () -> Files.exists(running));

        call.thread().interrupt();

        assertThat(call.failure()).isInstanceOf(CallInterruptedException.class).hasMessageContaining("was sent");
        assertThat(flag[0]).as("the flag stays set").isTrue();
        assertThat(PoolFixture.isAlive(channel.worker().pid())).isFalse();
        assertThat(fixture.call(PoolFixture.taken(pool), "probe.add", "left", 1, "right", 2))
                .hasToString("3");
    }

    @Test
    void anInterruptAfterTheCallMustLoseNoWorker() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel channel = PoolFixture.taken(pool);
        fixture.call(channel, "probe.pid");
        Thread.currentThread().interrupt();

        boolean given = channel.tryGive();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(given).isTrue();
        assertThat(channel.tryTake()).isTrue();
        assertThat(fixture.call(channel, "probe.add", "left", 1, "right", 2)).hasToString("3");
        assertThat(pool.counters().lostCount()).isZero();
    }

    @Test
    void anInterruptedStarterMustNotHurtTheWorkersOfOthers() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel healthy = PoolFixture.taken(pool);
        Thread.currentThread().interrupt();

        PythonException failure = PoolFixture.failure(pool::open);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isInstanceOf(CallInterruptedException.class);
        assertThat(fixture.call(healthy, "probe.add", "left", 1, "right", 2)).hasToString("3");
        assertThat(fixture.call(PoolFixture.taken(pool), "probe.add", "left", 1, "right", 2))
                .hasToString("3");
    }

    @Test
    void anInterruptWhileAModuleIsImportedMustEndTheStartAndNotCountAsAFailure() throws Exception {
        Path directory = fixture.temporaryDirectory();
        Path importing = directory.resolve("importing");
        Files.writeString(
                directory.resolve("slow.py"), "import time\nopen('" + importing + "', 'w').close()\ntime.sleep(300)\n");
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.modulePath = List.of(directory);
        settings.modules = List.of("slow");
        WorkerPool pool = fixture.pool(settings);
        var opening = Background.of(pool::open);
        Await.until("the worker imports", () -> Files.exists(importing));

        opening.thread().interrupt();

        assertThat(opening.failure()).isInstanceOf(CallInterruptedException.class);
        assertThat(pool.lastStartFailure()).isNull();
        Await.until(
                "the worker that nobody waits for is gone", () -> pool.workers().isEmpty());
    }

    @Test
    void anInterruptedJoinerMustLeaveTheSharedWorkerAlone() throws Exception {
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.threads = 2;
        WorkerPool pool = fixture.pool(settings);
        WorkerChannel first = PoolFixture.taken(pool);
        Thread.currentThread().interrupt();

        PythonException failure = PoolFixture.failure(pool::open);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(failure).isInstanceOf(CallInterruptedException.class);
        assertThat(fixture.call(first, "probe.add", "left", 1, "right", 2)).hasToString("3");
        assertThat(PoolFixture.taken(pool).worker()).isEqualTo(first.worker());
    }
}
