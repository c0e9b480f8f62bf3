// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever Python writes goes to the log with the worker's id, and never near the protocol. */
@Tag("core")
class OutputTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    private final Logger logger = Logger.getLogger("io.serpentry.python");
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Handler recorder = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            lines.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void record() {
        logger.setUseParentHandlers(false);
        logger.addHandler(recorder);
    }

    @AfterEach
    void stopRecording() {
        logger.removeHandler(recorder);
        logger.setUseParentHandlers(true);
    }

    private boolean logged(String worker, String stream, String text) {
        return lines.contains("[" + worker + " " + stream + "] " + text);
    }

    @Test
    void everyWayOfWritingMustEndInTheLogWithTheWorkersId() throws IOException {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());
        String worker = channel.worker().id();

        assertThat(fixture.call(channel, "probe.noise")).isEqualTo("quiet");

        Await.until(
                "all lines are logged",
                () -> logged(worker, "stdout", "a print")
                        && logged(worker, "stdout", "a raw write")
                        && logged(worker, "stderr", "a raw write on stderr")
                        && logged(worker, "stdout", "from a child")
                        && logged(worker, "stderr", "from a child"));
    }

    @Test
    void closingStandardOutputMustNotDisturbCalls() throws IOException {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());

        assertThat(fixture.call(channel, "probe.close_stdout")).isEqualTo("closed");

        assertThat(fixture.call(channel, "probe.add", "left", 1, "right", 2)).hasToString("3");
    }

    @Test
    void aStormOfOutputMustBeBoundedAndCounted() throws IOException {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());

        assertThat(fixture.call(channel, "probe.shout", "count", 1_000_000)).hasToString("1000000");

        Await.until("what was dropped is counted", () -> lines.stream().anyMatch(line -> line.contains("dropped")));
        long logged = lines.stream().mapToLong(String::length).sum();
        assertThat(logged).isLessThan(40_000_000);
        assertThat(fixture.call(channel, "probe.add", "left", 1, "right", 2)).hasToString("3");
    }
}
