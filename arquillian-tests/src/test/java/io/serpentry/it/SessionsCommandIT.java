// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.SharedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code python -m serpentry sessions} against a server. */
@Tag("core")
@ExtendWith(SharedServer.class)
class SessionsCommandIT {

    private static final Path PACKAGE = Path.of(System.getProperty("serpentry.root"), "python-worker/src");

    private final String id = "command-" + UUID.randomUUID();

    @TempDir
    Path directory;

    private RunningServer server;
    private RestUser admin;

    /** What a command printed, to standard output and error, and its exit status. */
    private record Done(String output, String errors, int status) {}

    @BeforeEach
    void create(RunningServer shared) {
        server = shared;
        admin = RestUser.admin(shared);
        admin.post(
                        "/api/v1/sessions",
                        "{\"id\": \"" + id + "\", \"entries\": {\"a\": 1}, \"metadata\": {\"m\": \"n\"}}")
                .json(201);
    }

    private Process started(String password, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(System.getProperty("serpentry.python"), "-m", "serpentry", "sessions"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--url", server.uri("").toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(directory.resolve("output").toFile())
                .redirectError(directory.resolve("errors").toFile());
        builder.environment().put("PYTHONPATH", PACKAGE.toString());
        builder.environment().put("SERPENTRY_PASSWORD", password);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String written(String file) {
        try {
            return Files.readString(directory.resolve(file), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Done done(Process command) {
        int status = command.onExit().join().exitValue();
        return new Done(written("output"), written("errors"), status);
    }

    private String printed(String... arguments) {
        Done done = done(started(RunningServer.PASSWORD, arguments));
        assertThat(done.status()).as(done.errors()).isZero();
        return done.output();
    }

    @Test
    void eachCommandMustShowWhatTheServerHas() {
        assertThat(printed("ls", "--q", id, "--filter", "kind:durable"))
                .startsWith("ID ")
                .contains(id + "  admin  durable  active");
        assertThat(printed("ls", "--all", "--limit", "1", "--json")).contains("\"id\": \"" + id + "\"");
        assertThat(printed("show", id)).contains("metadata:       m = n").contains("application/json");
        assertThat(printed("trace", id)).contains("  audit     create").contains("+a@1");
        assertThat(printed("stats")).contains("durable sessions:");
    }

    @Test
    void whatTheServerRefusesMustBeTold() {
        Done unknown = done(started(RunningServer.PASSWORD, "show", "nope"));
        assertThat(unknown.status()).isEqualTo(1);
        assertThat(unknown.errors()).startsWith("SESSION_NOT_FOUND (404): ").doesNotContain("Traceback");

        RestUser.added(server, "forgetful", "viewer");
        Done stranger = done(started("wrong", "stats", "--user", "forgetful"));
        assertThat(stranger.status()).isEqualTo(1);
        assertThat(stranger.errors()).startsWith("FORBIDDEN (401): ");
    }

    @Test
    void followingMustTellTheEndOfTheSession() throws Exception {
        Process following = started(RunningServer.PASSWORD, "trace", id, "--follow");
        Background<Done> done = Background.of(() -> done(following));
        Await.until("the trace is told", () -> written("output").contains("create"));

        admin.delete("/api/v1/sessions/" + id);

        assertThat(done.value().status()).as(written("errors")).isZero();
        assertThat(written("output").lines().toList())
                .last()
                .asString()
                .contains("session.ended")
                .contains("reason=deleted");
    }
}
