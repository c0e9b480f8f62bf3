// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlowSettingsTest {

    private static SlowSettings settings(Map<String, String> values) {
        return SlowSettings.of(new FakeConfig(values));
    }

    @Test
    void withoutAnySettingTheDefaultsMustHold() {
        SlowSettings settings = settings(Map.of());

        assertThat(settings.threshold()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.kept()).isEqualTo(100);
        assertThat(settings.age()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void whatIsSetMustHold() {
        SlowSettings settings = settings(
                Map.of("serpentry.slow.threshold", "PT0S", "serpentry.slow.kept", "500", "serpentry.slow.age", "P7D"));

        assertThat(settings.threshold()).isZero();
        assertThat(settings.kept()).isEqualTo(500);
        assertThat(settings.age()).isEqualTo(Duration.ofDays(7));
    }

    @ParameterizedTest
    @CsvSource({
        "threshold, -PT1S",
        "threshold, PT1H0.001S",
        "kept, 0",
        "kept, 501",
        "age, PT0.999S",
        "age, P8D",
        "limit, 1"
    })
    void whatIsOutOfRangeOrUnknownMustBeRefusedByItsName(String key, String value) {
        assertThatThrownBy(() -> settings(Map.of("serpentry.slow." + key, value)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("serpentry.slow." + key);
    }
}
