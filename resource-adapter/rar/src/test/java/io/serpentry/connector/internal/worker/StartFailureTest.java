// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers that do not come to life: the cause is told, attempts are spaced, a repair is noticed. */
@Tag("core")
class StartFailureTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    private WorkerPool poolWith(String module, String source) throws IOException {
        Path directory = fixture.temporaryDirectory();
        Files.writeString(directory.resolve(module + ".py"), source);
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.modulePath = List.of(directory);
        settings.modules = List.of();
        return fixture.pool(settings);
    }

    private static PythonException startFailure(WorkerPool pool) {
        PythonException failure = PoolFixture.failure(pool::open);
        assertThat(failure).isInstanceOf(WorkerStartException.class);
        return failure;
    }

    @Test
    void aModuleThatDoesNotImportMustBeNamedWithItsTracebackAndOutput() throws IOException {
        WorkerPool pool =
                poolWith("broken", "import sys\nprint('about to fail', file=sys.stderr)\nimport no_such_module\n");

        PythonException failure = startFailure(pool);

        assertThat(failure).hasMessageContaining("no_such_module");
        assertThat(failure.python().traceback()).contains("broken.py");
        assertThat(failure.context().get("stderr")).contains("about to fail");
        assertThat(pool.lastStartFailure().message()).contains("no_such_module");
        assertThat(pool.lastStartFailure().stderr()).contains("about to fail");
        assertThat(pool.live()).isZero();
    }

    @Test
    void aRepairMustBeNoticedWithoutARestart() throws IOException {
        Path directory = fixture.temporaryDirectory();
        Path module = Files.writeString(directory.resolve("broken.py"), "import no_such_module\n");
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.modulePath = List.of(directory);
        settings.modules = List.of("broken");
        WorkerPool pool = fixture.pool(settings);
        startFailure(pool);

        Files.writeString(module, """
                from serpentry import Module

                broken = Module("broken")

                @broken.call
                def mended() -> bool:
                    return True
                """);
        Await.until("the pool tries again", () -> {
            try {
                return Boolean.TRUE.equals(fixture.call(PoolFixture.taken(pool), "broken.mended"));
            } catch (WorkerStartException e) {
                return false;
            }
        });

        assertThat(pool.lastStartFailure()).isNull();
    }

    @Test
    void aMissingInterpreterMustBeNamed() throws IOException {
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.python = "/no/such/python";

        PythonException failure = startFailure(fixture.pool(settings));

        assertThat(failure).hasMessageContaining("/no/such/python").hasMessageContaining("could not be started");
    }

    @Test
    void aProgramThatIsNoPythonMustBeReportedWithWhatItWrote() throws IOException {
        Path impostor = fixture.temporaryDirectory().resolve("python");
        Files.writeString(impostor, "#!/bin/sh\necho this is no interpreter >&2\nexit 9\n");
        assertThat(impostor.toFile().setExecutable(true)).isTrue();
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.python = impostor.toString();

        PythonException failure = startFailure(fixture.pool(settings));

        assertThat(failure).hasMessageContaining("status 9");
        assertThat(failure.context().get("stderr")).contains("this is no interpreter");
    }

    @Test
    void aWorkerThatNeverSaysHelloMustBeEndedAtTheStartTimeout() throws IOException {
        Path directory = fixture.temporaryDirectory();
        Files.writeString(directory.resolve("slow.py"), "import time\ntime.sleep(300)\n");
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.modulePath = List.of(directory);
        settings.modules = List.of("slow");
        settings.startTimeout = Duration.ofSeconds(5);
        WorkerPool pool = fixture.pool(settings);

        PythonException failure = startFailure(pool);

        assertThat(failure).hasMessageContaining("did not say hello within 5000 ms");
        assertThat(pool.workers()).isEmpty();
    }

    @Test
    void aPreloadThatDoesNotImportMustBeNamed() throws IOException {
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.preload = List.of("no_such_preload");

        PythonException failure = startFailure(fixture.pool(settings));

        assertThat(failure).hasMessageContaining("no_such_preload");
        assertThat(failure.python()).isNotNull();
    }

    @Test
    void aPreloadThatHangsMustBeKilledAtTheStartTimeoutAndSaidSo() throws IOException {
        Path directory = fixture.temporaryDirectory();
        Files.writeString(directory.resolve("hanging.py"), "import time\ntime.sleep(300)\n");
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.modulePath = List.of(directory, settings.modulePath.get(0));
        settings.preload = List.of("hanging");
        settings.startTimeout = Duration.ofSeconds(1);

        PythonException failure = startFailure(fixture.pool(settings));

        assertThat(failure)
                .hasMessageContaining("was not ready within its startTimeout of 1000 ms")
                .hasMessageContaining("preloading hanging");
    }

    @Test
    void attemptsMustBeSpacedAndCountedWhileTheCauseLasts() throws IOException {
        WorkerPool pool = poolWith("broken", "raise RuntimeError('not today')\n");
        startFailure(pool);

        PythonException tooEarly = startFailure(pool);

        assertThat(tooEarly.context().get("attempts")).isEqualTo("1");
        assertThat(tooEarly).hasMessageContaining("not today");
        Await.until("a second attempt is made", () -> {
            startFailure(pool);
            return pool.lastStartFailure().attempts() == 2;
        });
    }

    @Test
    void startsThatFailTogetherMustLeaveThePoolTryingByItself() throws Exception {
        Path directory = fixture.temporaryDirectory();
        Path gate = directory.resolve("gate");
        Path module = Files.writeString(directory.resolve("broken.py"), """
                import os, time
                open(f"{os.path.dirname(__file__)}/imports-{os.getpid()}", "w").close()
                while not os.path.exists(r"%s"):
                    time.sleep(0.01)
                raise RuntimeError("not today")
                """.formatted(gate));
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.modulePath = List.of(directory);
        settings.modules = List.of("broken");
        WorkerPool pool = fixture.pool(settings);
        pool.onRetry(() -> openIfPossible(pool));
        Background<PythonException> one = Background.of(() -> startFailure(pool));
        Background<PythonException> other = Background.of(() -> startFailure(pool));
        Await.until(
                "both import", () -> directory.toFile().list((in, name) -> name.startsWith("imports-")).length == 2);

        Files.createFile(gate);
        one.value();
        other.value();
        Files.writeString(module, "from serpentry import Module\n\nbroken = Module('broken')\n");

        Await.until("a worker lives that nobody called for", () -> pool.live() > 0);
    }

    /** As a container that is asked to fill its pool. */
    private static void openIfPossible(WorkerPool pool) {
        try {
            pool.open();
        } catch (WorkerStartException e) {
            assertThat(pool.lastStartFailure()).isNotNull();
        }
    }

    @Test
    void aWorkerThatDiesRightAfterItsStartMustCountAsNotStarted() throws Exception {
        WorkerPool pool = poolWith("dying", """
                import os, signal, threading
                threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.SIGSEGV)).start()
                """);
        pool.open();
        Await.until("the first death is seen", () -> pool.lastStartFailure() != null);
        pool.open();
        Await.until("the second death is seen", () -> pool.lastStartFailure() != null);

        assertThat(pool.lastStartFailure().message()).contains("SIGSEGV").contains("shortly after its start");
        assertThat(pool.lastStartFailure().attempts()).isEqualTo(2);
        assertThat(startFailure(pool)).hasMessageContaining("SIGSEGV");
    }
}
