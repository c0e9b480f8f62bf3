// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.internal.config.MigrationSettings.Action;
import io.serpentry.session.internal.config.MigrationSettings.Health;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MigrationSettingsTest {

    private static MigrationSettings settings(Map<String, String> values) {
        return MigrationSettings.of(new FakeConfig(values));
    }

    @Test
    void withoutAnySettingTheDefaultsMustHold() {
        MigrationSettings settings = settings(Map.of());

        assertThat(settings.retention()).isEqualTo(Duration.ofDays(7));
        assertThat(settings.interval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.rebalance()).isEqualTo(Action.OFF);
        assertThat(settings.skewPercent()).isEqualTo(150);
        assertThat(settings.minSessions()).isEqualTo(100);
        assertThat(settings.resize()).isEqualTo(Action.OFF);
        assertThat(settings.health()).isEqualTo(new Health(Action.OFF, 0, 0, 20, Duration.ofMinutes(5)));
        assertThat(settings.stopWait()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.effective()).contains(new Setting("serpentry.migration.rule.interval", "PT30S", "default"));
    }

    @Test
    void eachSettingMustBeReadFromItsKey() {
        MigrationSettings settings = settings(Map.ofEntries(
                Map.entry("serpentry.migration.retention", "PT2H"),
                Map.entry("serpentry.migration.stopWait", "PT9S"),
                Map.entry("serpentry.migration.rule.interval", "PT5S"),
                Map.entry("serpentry.migration.rule.rebalance", "propose"),
                Map.entry("serpentry.migration.rule.rebalance.skewPercent", "200"),
                Map.entry("serpentry.migration.rule.rebalance.minSessions", "7"),
                Map.entry("serpentry.migration.rule.resize", "run"),
                Map.entry("serpentry.migration.rule.health", "propose"),
                Map.entry("serpentry.migration.rule.health.maxMemory", "1000000"),
                Map.entry("serpentry.migration.rule.health.maxFaultPercent", "30"),
                Map.entry("serpentry.migration.rule.health.minCalls", "40"),
                Map.entry("serpentry.migration.rule.health.window", "PT50S")));

        assertThat(settings.retention()).isEqualTo(Duration.ofHours(2));
        assertThat(settings.interval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.rebalance()).isEqualTo(Action.PROPOSE);
        assertThat(settings.skewPercent()).isEqualTo(200);
        assertThat(settings.minSessions()).isEqualTo(7);
        assertThat(settings.resize()).isEqualTo(Action.RUN);
        assertThat(settings.health()).isEqualTo(new Health(Action.PROPOSE, 1_000_000, 30, 40, Duration.ofSeconds(50)));
        assertThat(settings.stopWait()).isEqualTo(Duration.ofSeconds(9));
        assertThat(settings.effective())
                .contains(new Setting("serpentry.migration.rule.resize", "run", "the test"))
                .hasSize(12);
    }

    @ParameterizedTest
    @CsvSource({
        "retention, PT0.5S",
        "retention, P36501D",
        "rule.interval, PT0.1S",
        "rule.interval, PT24H1S",
        "rule.rebalance, sometimes",
        "rule.rebalance.skewPercent, 100",
        "rule.rebalance.skewPercent, 10001",
        "rule.rebalance.minSessions, 0",
        "rule.resize, yes",
        "rule.health, 1",
        "rule.health.maxMemory, -1",
        "rule.health.maxFaultPercent, 101",
        "rule.health.minCalls, 0",
        "rule.health.window, PT0.5S",
        "stopWait, -PT1S",
        "stopWait, PT10M1S",
        "rule.rebalnce, run"
    })
    void whatIsOutOfRangeOrUnknownMustBeRefusedByItsName(String key, String value) {
        assertThatThrownBy(() -> settings(Map.of("serpentry.migration." + key, value)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("serpentry.migration." + key);
    }

    @Test
    void oneLimitMustBeEnoughForTheHealthRule() {
        assertThat(settings(Map.of(
                                "serpentry.migration.rule.health", "run",
                                "serpentry.migration.rule.health.maxFaultPercent", "50"))
                        .health()
                        .watchesFaults())
                .isTrue();
    }

    @Test
    void theHealthRuleMustNeedALimit() {
        assertThatThrownBy(() -> settings(Map.of("serpentry.migration.rule.health", "run")))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("serpentry.migration.rule.health.maxMemory")
                .hasMessageContaining("serpentry.migration.rule.health.maxFaultPercent");
    }
}
