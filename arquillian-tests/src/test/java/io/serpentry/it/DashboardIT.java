// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.alert.AlertRule;
import io.serpentry.connector.EndedCall;
import io.serpentry.connector.ErrorCode;
import io.serpentry.testkit.PrometheusServer;
import io.serpentry.testkit.RestUser;
import io.serpentry.testkit.RunningServer;
import io.serpentry.testkit.Samples;
import io.serpentry.testkit.SharedServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is in deploy/, against a server and a real Prometheus. */
@Tag("core")
@ExtendWith(SharedServer.class)
class DashboardIT {

    private static final Path DEPLOY = Path.of(System.getProperty("serpentry.root"), "deploy");
    private static final Pattern SELECTOR = Pattern.compile("(serpentry_\\w+)(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!=|!~|=)\\s*\"([^\"]*)\"");
    private static final Pattern GROUPED = Pattern.compile("(?:by|on) \\(([^)]*)\\)");

    private static PrometheusServer prometheus;
    private static Samples samples;

    @BeforeAll
    static void scrape(RunningServer server, @TempDir Path directory) throws IOException {
        RestUser admin = RestUser.admin(server);
        String session = "dashboard-" + UUID.randomUUID();
        admin.post("/api/v1/sessions", "{\"id\": \"" + session + "\"}").json(201);
        admin.call("{\"function\": \"counter.note\", \"session\": \"" + session
                        + "\", \"arguments\": {\"text\": \"hello\"}}")
                .json();
        samples = Samples.of(server);
        prometheus = PrometheusServer.scraping(server, directory);
    }

    @AfterAll
    static void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
    }

    // ---- what the files say

    private static JsonObject dashboard() throws IOException {
        try (JsonReader reader = Json.createReader(Files.newBufferedReader(DEPLOY.resolve("grafana/serpentry.json")))) {
            return reader.readObject();
        }
    }

    private static List<String> panels() throws IOException {
        return dashboard().getJsonArray("panels").getValuesAs(JsonObject.class).stream()
                .filter(panel -> panel.containsKey("targets"))
                .flatMap(panel -> panel.getJsonArray("targets").getValuesAs(JsonObject.class).stream())
                .map(target -> target.getString("expr"))
                .map(expression -> expression
                        .replace("$__rate_interval", "1m")
                        .replace("$instance", ".*")
                        .replace("$pool", ".*"))
                .toList();
    }

    private static List<JsonObject> rules() {
        return prometheus.rules().getJsonArray("groups").getValuesAs(JsonObject.class).stream()
                .flatMap(group -> group.getJsonArray("rules").getValuesAs(JsonObject.class).stream())
                .toList();
    }

    private static List<String> expressions() throws IOException {
        return Stream.concat(panels().stream(), rules().stream().map(rule -> rule.getString("query")))
                .toList();
    }

    /** The labels of all samples of that name. */
    private static Set<String> labels(String metric) {
        return samples.all().stream()
                .filter(sample -> sample.name().equals(metric))
                .flatMap(sample -> sample.labels().keySet().stream())
                .collect(Collectors.toSet());
    }

    /** What the selectors of an expression name that the server does not have. */
    private static List<String> unknown(String expression) {
        List<String> unknown = new ArrayList<>();
        Set<String> labels = new LinkedHashSet<>(Set.of("instance"));
        Matcher selector = SELECTOR.matcher(expression);
        while (selector.find()) {
            String metric = selector.group(1);
            labels.addAll(labels(metric));
            if (samples.all().stream().noneMatch(sample -> sample.name().equals(metric))) {
                unknown.add(metric);
            }
            MATCHER.matcher(selector.group(2) == null ? "" : selector.group(2))
                    .results()
                    .filter(matcher -> !matcher.group(1).equals("instance"))
                    .filter(matcher -> !labels(metric).contains(matcher.group(1))
                            || (matcher.group(2).equals("=") && !hasValue(metric, matcher.group(1), matcher.group(3))))
                    .forEach(matcher -> unknown.add(metric + "{" + matcher.group() + "}"));
        }
        GROUPED.matcher(expression)
                .results()
                .flatMap(grouped -> Stream.of(grouped.group(1).split(", ")))
                .filter(label -> !labels.contains(label))
                .forEach(label -> unknown.add("by " + label));
        return unknown;
    }

    private static boolean hasValue(String metric, String label, String value) {
        return samples.all().stream()
                .anyMatch(sample -> sample.name().equals(metric)
                        && value.equals(sample.labels().get(label)));
    }

    @Test
    void everyMetricThatDashboardAndRulesNameMustExistWithThoseLabels() throws IOException {
        List<String> expressions = expressions();

        assertThat(expressions).hasSizeGreaterThan(40);
        assertThat(expressions)
                .allSatisfy(expression ->
                        assertThat(unknown(expression)).as(expression).isEmpty());
    }

    @Test
    void aMetricALabelAndAValueThatDoNotExistMustBeFound() {
        assertThat(unknown(
                        "sum by (color) (serpentry_pool_workers{state=\"tired\", size=~\".*\"}) + serpentry_nothing"))
                .containsExactlyInAnyOrder(
                        "serpentry_pool_workers{state=\"tired\"}",
                        "serpentry_pool_workers{size=~\".*\"}",
                        "serpentry_nothing",
                        "by color");
    }

    @Test
    void everyPanelMustBeAnExpressionThatPrometheusUnderstands() throws IOException {
        assertThat(panels()).allSatisfy(expression -> assertThat(prometheus.results(expression))
                .as(expression)
                .isNotNegative());
        assertThat(prometheus.results("max(serpentry_store_bytes)")).isEqualTo(1);
    }

    @Test
    void everyPanelMustHaveATitleAndAPlaceOfItsOwn() throws IOException {
        List<JsonObject> panels = dashboard().getJsonArray("panels").getValuesAs(JsonObject.class);

        assertThat(panels).extracting(panel -> panel.getInt("id")).doesNotHaveDuplicates();
        assertThat(panels).extracting(panel -> panel.getString("title")).doesNotContain("");
        assertThat(panels)
                .extracting(panel -> (JsonValue) panel.getJsonObject("gridPos"))
                .doesNotHaveDuplicates();
    }

    /** What counts as a fault for the server's own rule counts for that of Prometheus. */
    @Test
    void theRuleOfErrorsMustNameEveryFault() throws IOException {
        Set<String> faults = Arrays.stream(ErrorCode.values())
                .filter(EndedCall::isFault)
                .map(code -> code.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        List<Set<String>> named = Pattern.compile("outcome=~\"([^\"]*)\"")
                .matcher(Files.readString(DEPLOY.resolve("prometheus/alerts.yml")))
                .results()
                .map(outcomes -> Set.of(outcomes.group(1).split("\\|")))
                .toList();

        assertThat(named).hasSize(3).allSatisfy(outcomes -> assertThat(outcomes).isEqualTo(faults));
    }

    @Test
    void everyAlertOfTheServerMustBeOneOfPrometheus() {
        assertThat(rules())
                .extracting(rule -> rule.getString("name"))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(AlertRule.values())
                        .map(rule -> "Serpentry" + rule.key().substring(0, 1).toUpperCase(Locale.ROOT)
                                + rule.key().substring(1))
                        .toList());
    }

    @Test
    void prometheusMustHaveLoadedEveryRule() throws IOException {
        long written = Files.readAllLines(DEPLOY.resolve("prometheus/alerts.yml")).stream()
                .filter(line -> line.contains("- alert: "))
                .count();

        assertThat(rules()).hasSize((int) written);
        assertThat(rules()).allMatch(rule -> rule.getString("lastError", "").isEmpty());
    }

    @Test
    void promtoolMustAcceptTheRules() throws Exception {
        Process promtool = new ProcessBuilder(
                        "promtool",
                        "check",
                        "rules",
                        DEPLOY.resolve("prometheus/alerts.yml").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        assertThat(promtool.waitFor()).as(said).isZero();
        assertThat(said).contains("SUCCESS");
    }
}
