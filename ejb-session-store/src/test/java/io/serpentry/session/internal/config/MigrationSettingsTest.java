// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.internal.config.MigrationSettings.Action;
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
        assertThat(settings.health()).isEqualTo(Action.OFF);
        assertThat(settings.maxMemory()).isZero();
        assertThat(settings.effective()).contains(new Setting("serpentry.migration.rule.interval", "PT30S", "default"));
    }

    @Test
    void eachSettingMustBeReadFromItsKey() {
        MigrationSettings settings = settings(Map.of(
                "serpentry.migration.retention", "PT2H",
                "serpentry.migration.rule.interval", "PT5S",
                "serpentry.migration.rule.rebalance", "propose",
                "serpentry.migration.rule.rebalance.skewPercent", "200",
                "serpentry.migration.rule.rebalance.minSessions", "7",
                "serpentry.migration.rule.resize", "run",
                "serpentry.migration.rule.health", "propose",
                "serpentry.migration.rule.health.maxMemory", "1000000"));

        assertThat(settings.retention()).isEqualTo(Duration.ofHours(2));
        assertThat(settings.interval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.rebalance()).isEqualTo(Action.PROPOSE);
        assertThat(settings.skewPercent()).isEqualTo(200);
        assertThat(settings.minSessions()).isEqualTo(7);
        assertThat(settings.resize()).isEqualTo(Action.RUN);
        assertThat(settings.health()).isEqualTo(Action.PROPOSE);
        assertThat(settings.maxMemory()).isEqualTo(1_000_000);
        assertThat(settings.effective())
                .contains(new Setting("serpentry.migration.rule.resize", "run", "the test"))
                .hasSize(8);
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
        "rule.rebalnce, run"
    })
    void whatIsOutOfRangeOrUnknownMustBeRefusedByItsName(String key, String value) {
        assertThatThrownBy(() -> settings(Map.of("serpentry.migration." + key, value)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("serpentry.migration." + key);
    }

    @Test
    void theHealthRuleMustNeedItsLimit() {
        assertThatThrownBy(() -> settings(Map.of("serpentry.migration.rule.health", "run")))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("serpentry.migration.rule.health.maxMemory");
    }
}
