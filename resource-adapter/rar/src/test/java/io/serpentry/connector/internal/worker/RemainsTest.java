// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a zygote or a server leaves when it is killed is removed by the next. */
@Tag("core")
class RemainsTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    @Test
    void aGrandchildOfAKilledZygoteMustBeEndedByTheNext() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel channel = PoolFixture.taken(pool);
        Path child = fixture.temporaryDirectory().resolve("child");
        var call = Background.of(() -> fixture.call(channel, "probe.grandchild", "path", child.toString()));
        Await.until(
                "the grandchild runs",
                () -> Files.exists(child) && child.toFile().length() > 0);
        long grandchild = Long.parseLong(Files.readString(child));

        PoolFixture.signal("KILL", pool.zygote().pid());
        call.failure();
        PoolFixture.taken(pool);

        PoolFixture.awaitGone(grandchild);
    }

    @Test
    void aGrandchildInAGroupOfItsOwnMustEndWithThePool() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel channel = PoolFixture.taken(pool);
        Path child = fixture.temporaryDirectory().resolve("child");
        Background.of(() -> fixture.call(channel, "probe.grandchild", "path", child.toString()));
        Await.until(
                "the grandchild runs",
                () -> Files.exists(child) && child.toFile().length() > 0);

        pool.close();

        PoolFixture.awaitGone(Long.parseLong(Files.readString(child)));
    }

    @Test
    void theDirectoryOfAZygoteMustBeRemovedHoweverItEnds() throws Exception {
        WorkerPool pool = fixture.pool();
        WorkerChannel channel = PoolFixture.taken(pool);
        assertThat(fixture.zygoteDirectories()).hasSize(1);

        PoolFixture.signal("KILL", pool.zygote().pid());

        Await.until("its end is known", () -> pool.zygote().pid() == 0);
        Await.until("its worker is gone too", () -> !channel.isUsable());
        assertThat(fixture.zygoteDirectories()).isEmpty();
        PoolFixture.taken(pool);
        assertThat(fixture.zygoteDirectories()).hasSize(1);
        pool.close();
        assertThat(fixture.zygoteDirectories()).isEmpty();
    }

    @Test
    void theDirectoryOfAZygoteThatDoesNotStartMustBeRemoved() throws Exception {
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.preload = List.of("no_such_module");
        WorkerPool pool = fixture.pool(settings);

        assertThat(PoolFixture.failure(pool::open).code()).isEqualTo(ErrorCode.WORKER_START_FAILED);

        assertThat(fixture.zygoteDirectories()).isEmpty();
    }

    @Test
    void theDirectoryOfAServerThatIsGoneMustBeRemoved() throws Exception {
        Path parent = fixture.temporaryDirectory();
        Process gone = new ProcessBuilder("true").start();
        String started = gone.info().startInstant().map(Object::toString).orElse("?");
        gone.waitFor();
        Path stale = Files.createDirectory(parent.resolve("serpentry-stale"));
        Files.writeString(stale.resolve("owner"), gone.pid() + " " + started);
        RuntimeDirectory living = RuntimeDirectory.create(parent);

        RuntimeDirectory.create(parent);

        assertThat(stale).doesNotExist();
        assertThat(living.pythonPath()).exists();
    }
}
