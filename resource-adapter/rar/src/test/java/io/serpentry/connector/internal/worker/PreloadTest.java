// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the fork server imports for all workers, and what it refuses. */
@Tag("core")
class PreloadTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    @Test
    void aZygoteWithNumpyPreloadedMustStaySingleThreaded() throws IOException {
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.preload = List.of("numpy");
        WorkerPool pool = fixture.pool(settings);

        WorkerChannel channel = PoolFixture.taken(pool);

        assertThat(pool.zygote().start()).isEqualTo("fork");
        try (var tasks = Files.list(Path.of("/proc/" + pool.zygote().pid() + "/task"))) {
            assertThat(tasks).hasSize(1);
        }
        assertThat(fixture.call(channel, "probe.add", "left", 1, "right", 2)).hasToString("3");
    }

    @Test
    void aPreloadThatStartsAThreadMustBeRefusedByNameAndThePoolSpawn() throws IOException {
        Path directory = fixture.temporaryDirectory();
        Files.writeString(
                directory.resolve("busybody.py"),
                "import threading, time\nthreading.Thread(target=time.sleep, args=(300,), daemon=True).start()\n");
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.modulePath = List.of(directory, settings.modulePath.get(0));
        settings.preload = List.of("busybody");
        WorkerPool pool = fixture.pool(settings);

        WorkerChannel channel = PoolFixture.taken(pool);

        assertThat(pool.zygote().start()).isEqualTo("spawn");
        assertThat(pool.zygote().startReason()).contains("busybody").contains("thread");
        assertThat(fixture.call(channel, "probe.add", "left", 1, "right", 2)).hasToString("3");
    }

    @Test
    void spawningByConfigurationMustServe() throws IOException {
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.start = PoolSettings.StartMethod.SPAWN;
        WorkerPool pool = fixture.pool(settings);

        assertThat(fixture.call(PoolFixture.taken(pool), "probe.add", "left", 1, "right", 2))
                .hasToString("3");
        assertThat(pool.zygote().start()).isEqualTo("spawn");
        assertThat(pool.zygote().startReason()).isNull();
    }

    @Test
    void twoPoolsMustNotDisturbEachOther() throws Exception {
        WorkerPool one = fixture.pool();
        WorkerPool two = fixture.pool();
        WorkerChannel kept = PoolFixture.taken(two);
        PoolFixture.taken(one);

        PoolFixture.signal("KILL", one.zygote().pid());
        one.close();

        assertThat(fixture.call(kept, "probe.add", "left", 1, "right", 2)).hasToString("3");
    }
}
