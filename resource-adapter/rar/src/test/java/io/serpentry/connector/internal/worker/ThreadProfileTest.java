// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.CallTimeoutException;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerLostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several connections to one process. */
@Tag("core")
class ThreadProfileTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    private WorkerPool pool;

    @BeforeEach
    void open() throws IOException {
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.threads = 2;
        pool = fixture.pool(settings);
    }

    private Object add(WorkerChannel channel) {
        return fixture.call(channel, "probe.add", "left", 1, "right", 2);
    }

    @Test
    void twoChannelsMustShareAProcessAndTheThirdHaveItsOwn() {
        WorkerChannel first = PoolFixture.taken(pool);
        WorkerChannel second = PoolFixture.taken(pool);
        WorkerChannel third = PoolFixture.taken(pool);

        assertThat(second.worker()).isEqualTo(first.worker());
        assertThat(third.worker()).isNotEqualTo(first.worker());
        assertThat(add(first)).isEqualTo(add(second)).isEqualTo(add(third));
    }

    @Test
    void closingOneChannelMustLeaveTheOtherAlone() {
        WorkerChannel first = PoolFixture.taken(pool);
        WorkerChannel second = PoolFixture.taken(pool);

        first.close();

        assertThat(add(second)).hasToString("3");
        WorkerChannel joined = PoolFixture.taken(pool);
        assertThat(joined.worker()).isEqualTo(second.worker());
        assertThat(add(joined)).hasToString("3");
    }

    @Test
    void aCancelledCallThatAnswersMustNotWaitForItsSiblingNorEndIt() throws Exception {
        WorkerChannel slow = PoolFixture.taken(pool);
        WorkerChannel sibling = PoolFixture.taken(pool);
        Path directory = fixture.temporaryDirectory();
        Path running = directory.resolve("running");
        Path release = directory.resolve("release");
        var siblingCall = Background.of(() ->
                fixture.call(sibling, "probe.wait_for", "started", running.toString(), "release", release.toString()));
        Await.until("the sibling runs", () -> Files.exists(running));

        PythonException failure =
                PoolFixture.failure(() -> fixture.callWithin(Duration.ofMillis(300), slow, "probe.loop"));
        Files.createFile(release);

        assertThat(failure).isInstanceOf(CallTimeoutException.class).hasMessageContaining("other calls");
        assertThat(siblingCall.value()).isEqualTo("released");
        PoolFixture.awaitGone(slow.worker().pid());
        assertThat(pool.zygote().generation()).isEqualTo(1);
    }

    @Test
    void aCallThatIgnoresItsCancellationMustWaitForItsSiblingAndThenEndTheProcess() throws Exception {
        WorkerChannel slow = PoolFixture.taken(pool);
        WorkerChannel sibling = PoolFixture.taken(pool);
        Path directory = fixture.temporaryDirectory();
        Path running = directory.resolve("running");
        var siblingCall = Background.of(
                () -> fixture.call(sibling, "probe.sleep_and_touch", "path", running.toString(), "seconds", 6));
        Await.until("the sibling runs", () -> Files.exists(running));

        PythonException failure = PoolFixture.failure(
                () -> fixture.callWithin(Duration.ofMillis(300), slow, "probe.sleep", "seconds", 60));

        assertThat(failure).isInstanceOf(CallTimeoutException.class);
        assertThat(siblingCall.value()).as("the sibling was answered").isNull();
        assertThat(PoolFixture.isAlive(slow.worker().pid())).isFalse();
        assertThat(pool.zygote().generation())
                .as("the fork server was left alone")
                .isEqualTo(1);
    }

    @Test
    void aSiblingOfADoomedCallMustNotBeginAnother() throws Exception {
        WorkerChannel slow = PoolFixture.taken(pool);
        WorkerChannel sibling = PoolFixture.taken(pool);
        PoolFixture.failure(() -> fixture.callWithin(Duration.ofMillis(300), slow, "probe.loop"));

        PythonException failure = PoolFixture.failure(() -> add(sibling));

        assertThat(failure).isInstanceOf(WorkerLostException.class).hasMessageContaining("was not sent");
        assertThat(failure.retryable()).isTrue();
    }

    @Test
    void theDeathOfTheProcessMustFailTheCallsOfAllItsChannels() throws Exception {
        WorkerChannel first = PoolFixture.taken(pool);
        WorkerChannel second = PoolFixture.taken(pool);
        Path directory = fixture.temporaryDirectory();
        var one = Background.of(() -> fixture.call(
                first, "probe.sleep_and_touch", "path", directory.resolve("a").toString(), "seconds", 60));
        var two = Background.of(() -> fixture.call(
                second, "probe.sleep_and_touch", "path", directory.resolve("b").toString(), "seconds", 60));
        Await.until("both run", () -> Files.exists(directory.resolve("a")) && Files.exists(directory.resolve("b")));

        PoolFixture.signal("KILL", first.worker().pid());

        assertThat(one.failure()).isInstanceOf(WorkerLostException.class).hasMessageContaining("SIGKILL");
        assertThat(two.failure()).isInstanceOf(WorkerLostException.class).hasMessageContaining("SIGKILL");
    }
}
