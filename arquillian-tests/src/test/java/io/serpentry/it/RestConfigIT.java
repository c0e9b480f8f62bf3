// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RestAnswer;
import io.serpentry.testkit.RestDocument;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The settings over REST, and the limit of requests, on a server that has some set. */
@Tag("core")
class RestConfigIT {

    private static final int BURST = 40;

    private static RunningServer server;

    @BeforeAll
    static void startWithSettings() throws IOException {
        server = RunningServer.start(
                6300,
                Map.of(
                        "SERPENTRY_ADMIN_RATELIMIT_REQUESTSPERSECOND", "1",
                        "SERPENTRY_ADMIN_RATELIMIT_BURST", Integer.toString(BURST),
                        "SERPENTRY_SESSION_SWEEP_INTERVAL", "PT7S",
                        "SERPENTRY_ADMIN_MASK", "*history*",
                        "SERPENTRY_ALERT_WEBHOOK_SECRET", "sk-4",
                        "SERPENTRY_TEST_TOKEN", "sk-1",
                        "SERPENTRY_TEST_URL", "http://ada:sk-2@localhost/?api_key=sk-3"),
                "--workers",
                "1");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everySettingInEffectMustBeToldWithItsSourceAndNoSecret() {
        RestAnswer answer =
                RestUser.added(server, "config-operator", "operator").get("/api/v1/config");
        Map<String, String> settings = new TreeMap<>();
        answer.json()
                .getJsonArray("settings")
                .forEach(item -> settings.put(
                        item.asJsonObject().getString("key"),
                        item.asJsonObject().getString("value") + " by "
                                + item.asJsonObject().getString("source")));

        assertThat(settings)
                .containsEntry("serpentry.session.sweep.batch", "500 by default")
                .containsEntry("serpentry.migration.rule.resize", "OFF by default")
                .containsEntry("serpentry.migration.stopWait", "PT5S by default")
                .containsEntry("serpentry.alert.interval", "PT15S by default")
                .containsEntry("serpentry.alert.callP99.threshold", "30.0 by default")
                .containsEntry("serpentry.alert.poolDown.for", "PT1M by default")
                .containsEntry("serpentry.stream.maxClients", "100 by default")
                .containsEntry("serpentry.import.maxBytes", "1073741824 by default");
        assertThat(settings.get("serpentry.call.enabled")).startsWith("true by Sys");
        assertThat(settings.get("serpentry.session.sweep.interval")).startsWith("PT7S by Env");
        assertThat(settings.get("serpentry.admin.rateLimit.burst")).startsWith(BURST + " by Env");
        assertThat(settings.get("serpentry.admin.mask")).startsWith("*history* by Env");
        assertThat(settings.get("serpentry.alert.webhook.secret"))
                .as("masked whatever is configured for sessions")
                .startsWith("*** by Env");
        assertThat(settings.get("SERPENTRY_TEST_TOKEN")).startsWith("*** by Env");
        assertThat(settings.get("SERPENTRY_TEST_URL")).startsWith("http://***@localhost/?api_key=*** by Env");
        assertThat(settings.get("SERPENTRY_ADMIN_PASSWORD")).startsWith("*** by Env");
        assertThat(answer.body()).doesNotContain("sk-1", "sk-2", "sk-3", "sk-4");
        assertThat(answer.json().getJsonObject("pools").getJsonObject("default").getString("start"))
                .isEqualTo("fork");
        assertThat(Shape.of(answer.json()))
                .startsWith("{settings: [{key: string, value: string, source: string}], pools: {default: {");
        assertThat(Shape.of(RestDocument.sampleWith("settings")))
                .startsWith("{settings: [{key: string, value: string, source: string}], pools: {default: {");
    }

    @Test
    void whoSendsTooManyMustBeToldWhenToSendTheNextWhileOthersAreServed() {
        RestUser eager = RestUser.added(server, "eager", "viewer");
        List<RestAnswer> answers = new ArrayList<>();
        do {
            answers.add(eager.get("/api/v1/pools"));
        } while (answers.get(answers.size() - 1).status() == 200 && answers.size() < 100 * BURST);
        RestAnswer refused = answers.get(answers.size() - 1);

        assertThat(answers).hasSizeGreaterThan(BURST);
        assertThat(refused.problem(429, "RATE_LIMITED").getBoolean("retryable")).isTrue();
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(RestUser.added(server, "calm", "viewer").get("/api/v1/pools").status())
                .as("somebody else")
                .isEqualTo(200);
    }
}
