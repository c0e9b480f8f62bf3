// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The first page in a real browser: src/test/browser, which Playwright drives from Python. */
@Tag("core")
@ExtendWith(SharedServer.class)
class ConsoleIT {

    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final long LIMIT_MINUTES = 5;

    private static Path browser() {
        return BROWSERS.stream()
                .flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError("none of " + BROWSERS + " is on the PATH; ./verify installs one"));
    }

    @Test
    void thePageMustPassItsTestsInARealBrowser(RunningServer server, @TempDir Path directory) throws Exception {
        Path output = directory.resolve("pytest.log");
        Process pytest = start(server, directory, output);
        try {
            assertThat(pytest.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES))
                    .as(() -> "pytest ends within " + LIMIT_MINUTES + " min; it wrote:\n" + text(output))
                    .isTrue();
        } finally {
            pytest.descendants().forEach(ProcessHandle::destroyForcibly);
            pytest.destroyForcibly();
        }
        assertThat(pytest.exitValue()).as(() -> text(output)).isZero();
        assertThat(text(output)).containsPattern("[1-9][0-9]* passed").doesNotContain("skipped");
    }

    private static Process start(RunningServer server, Path directory, Path output) throws IOException {
        Path tests = Path.of(System.getProperty("serpentry.root"), "arquillian-tests/src/test/browser");
        ProcessBuilder builder = new ProcessBuilder(
                        System.getProperty("serpentry.python"),
                        "-m",
                        "pytest",
                        "-p",
                        "no:cacheprovider",
                        tests.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("SERPENTRY_URL", server.uri("/").toString());
        builder.environment().put("SERPENTRY_PASSWORD", RunningServer.PASSWORD);
        builder.environment().put("CHROMIUM", browser().toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return builder.start();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
