// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.Await;
import io.serpentry.testkit.JbossCli;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The commands of docs/jboss-cli.md, each carried out. */
@Tag("core")
class JbossCliIT {

    private static final Path DOCUMENT = Path.of(System.getProperty("serpentry.root"), "docs/jboss-cli.md");
    private static final Pattern BLOCK = Pattern.compile("^```\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern SUCCESS = Pattern.compile("\"outcome\" => \"success\"");
    private static final String RELOAD = "reload";

    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = RunningServer.start(7500);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<String> blocks() throws IOException {
        return BLOCK.matcher(Files.readString(DOCUMENT))
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring(4, block.length() - 3))
                .toList();
    }

    private static List<String> lines(String block) {
        return block.lines().toList();
    }

    private static JsonObject pool() {
        return RestUser.admin(server).get("/api/v1/pools/default").json();
    }

    private static long successes(String output) {
        return SUCCESS.matcher(output).results().count();
    }

    @Test
    void everyDocumentedCommandMustDoWhatItSays() throws IOException {
        List<String> blocks = blocks();
        assertThat(blocks).hasSize(5);
        List<String> commands = new ArrayList<>();
        blocks.subList(0, 4).forEach(block -> commands.addAll(lines(block)));
        assertThat(commands.get(0)).isEqualTo("cd " + JbossCli.POOL);
        int generation = pool().getInt("started");

        String output = JbossCli.runAll(server, commands);

        assertThat(successes(output)).as(output).isEqualTo(commands.size() - 1L);
        assertThat(output)
                .contains("\"jndi-name\" => \"java:/eis/Python\"")
                .containsPattern("(?s)max-pool-size.*\"result\" => 4")
                .containsPattern("\"result\" => \"?[2-4]\"?");
        Await.until("workers were replaced", () -> pool().getInt("started") > generation && pool().getInt("live") >= 2);

        resize(lines(blocks.get(4)));
    }

    private static void resize(List<String> commands) throws IOException {
        assertThat(commands).last().isEqualTo(RELOAD);

        String output = JbossCli.runAll(server, commands);

        // A reload says nothing.
        assertThat(successes(output)).as(output).isEqualTo(commands.size() - 1L);
        Await.until("the pool has its new sizes", () -> {
            var answer = RestUser.admin(server).get("/api/v1/pools/default");
            return answer.status() == 200
                    && answer.json().getInt("min") == 1
                    && answer.json().getInt("max") == 3
                    && answer.json().getInt("live") >= 1;
        });
    }
}
