// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A look at what a worker does. */
@Tag("core")
class LookTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    private WorkerPool pool;
    private WorkerChannel channel;
    private String worker;
    private Path started;
    private Path release;

    @BeforeEach
    void open() throws IOException {
        pool = fixture.pool();
        channel = PoolFixture.taken(pool);
        worker = channel.worker().id();
        Path directory = fixture.temporaryDirectory();
        started = directory.resolve("started");
        release = directory.resolve("release");
    }

    private Background<Object> begun(String function, Object... arguments) {
        Background<Object> call = Background.of(() -> fixture.call(channel, function, arguments));
        Await.until("the call runs", () -> Files.exists(started));
        return call;
    }

    @Test
    void stacksMustShowTheCallWhichGoesOn() throws Exception {
        Background<Object> call = begun("probe.wait_for", "started", started.toString(), "release", release.toString());

        assertThat(pool.look(worker, Duration.ZERO))
                .contains("Thread MainThread, in call")
                .contains("in wait_for");

        Files.createFile(release);
        assertThat(call.value()).isEqualTo("released");
    }

    @Test
    void aProfileMustShowWhereCallsAre() throws Exception {
        Background<Object> call = begun("probe.wait_for", "started", started.toString(), "release", release.toString());

        assertThat(pool.look(worker, Duration.ofMillis(200)))
                .contains("probe.wait_for:")
                .matches("(?s).* [0-9]+\\n");

        Files.createFile(release);
        assertThat(call.value()).isEqualTo("released");
    }

    @Test
    void aWorkerInNativeCodeMustBeSaidNotToAnswerAndStay() {
        Background<Object> call = begun("probe.spin_natively", "path", started.toString());

        PythonException failure = PoolFixture.failure(() -> pool.look(worker, Duration.ZERO));

        assertThat(failure.code()).isEqualTo(ErrorCode.CALL_TIMEOUT);
        assertThat(failure).hasMessageContaining("native code").hasMessageContaining(worker);
        assertThat(call.thread().isAlive()).isTrue();
        assertThat(pool.workers()).hasSize(1);
    }

    @Test
    void aWorkerThatIsNotThereMustNotBeFound() {
        PythonException failure = PoolFixture.failure(() -> pool.look("test-99", Duration.ZERO));

        assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
    }
}
