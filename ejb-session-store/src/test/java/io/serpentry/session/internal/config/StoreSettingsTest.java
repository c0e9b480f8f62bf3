// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreSettingsTest {

    private static StoreSettings settings(Map<String, String> values) {
        return StoreSettings.of(new FakeConfig(values));
    }

    @Test
    void withoutAnySettingTheDefaultsMustHold() {
        StoreSettings settings = settings(Map.of());

        assertThat(settings.sessions()).isEqualTo(SessionSettings.defaults());
        assertThat(settings.temporaryMaxBytes()).isEqualTo(1 << 20);
        assertThat(settings.datasource()).isEqualTo("java:jboss/datasources/SerpentryDS");
        assertThat(settings.effective()).contains(new Setting("serpentry.session.idleTimeout", "PT1H", "default"));
    }

    @Test
    void eachSettingMustBeReadFromItsKey() {
        StoreSettings settings = settings(Map.ofEntries(
                Map.entry("serpentry.store.datasource", "java:/claims"),
                Map.entry("serpentry.session.idleTimeout", "PT2H"),
                Map.entry("serpentry.session.temporary.idleTimeout", "PT2M"),
                Map.entry("serpentry.session.temporary.maxBytes", "8192"),
                Map.entry("serpentry.session.lifetime", "P1D"),
                Map.entry("serpentry.session.touchInterval", "PT0S"),
                Map.entry("serpentry.session.maxEntrySize", "2048"),
                Map.entry("serpentry.session.maxEntries", "7"),
                Map.entry("serpentry.session.maxBytes", "4096"),
                Map.entry("serpentry.session.maxSessionsPerOwner", "3"),
                Map.entry("serpentry.session.history.count", "2"),
                Map.entry("serpentry.session.history.age", "PT3H"),
                Map.entry("serpentry.session.codec", "deflate"),
                Map.entry("serpentry.session.sweep.interval", "PT7S"),
                Map.entry("serpentry.session.sweep.jitterPercent", "0"),
                Map.entry("serpentry.session.sweep.batch", "9"),
                Map.entry("serpentry.session.sweep.budget", "PT1S"),
                Map.entry("serpentry.session.deliver.interval", "PT0.5S"),
                Map.entry("serpentry.session.audit.age", "P2D")));

        assertThat(settings.datasource()).isEqualTo("java:/claims");
        assertThat(settings.sessions())
                .isEqualTo(new SessionSettings(
                        Duration.ofHours(2),
                        Duration.ofMinutes(2),
                        Duration.ofDays(1),
                        Duration.ZERO,
                        2048,
                        7,
                        4096,
                        3,
                        2,
                        Duration.ofHours(3),
                        Codec.DEFLATE));
        assertThat(settings.temporaryMaxBytes()).isEqualTo(8192);
        assertThat(settings.sweep())
                .isEqualTo(new StoreSettings.SweepSettings(
                        Duration.ofSeconds(7),
                        0,
                        9,
                        Duration.ofSeconds(1),
                        Duration.ofMillis(500),
                        Duration.ofDays(2)));
    }

    @ParameterizedTest
    @CsvSource({
        "serpentry.session.idleTimeout, PT0.5S, PT1S to",
        "serpentry.session.idleTimeout, one hour, PT1S to",
        "serpentry.session.touchInterval, PT2H, PT0S to PT1H",
        "serpentry.session.temporary.maxBytes, -1, 0 to",
        "serpentry.session.maxEntries, 0, 1 to 100000",
        "serpentry.session.maxEntries, 99999999999999999999, 1 to 100000",
        "serpentry.session.history.count, -1, 0 to 1000",
        "serpentry.session.codec, lz4, 'none, deflate, zstd'",
        "serpentry.session.sweep.jitterPercent, 51, 0 to 50",
        "serpentry.session.sweep.batch, 10001, 1 to 10000",
        "serpentry.session.lifetime, P-1D, PT1S to"
    })
    void aWrongValueMustNameKeyValueRangeAndSource(String key, String value, String range) {
        assertThatThrownBy(() -> settings(Map.of(key, value)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(key)
                .hasMessageContaining("\"" + value + "\"")
                .hasMessageContaining(range)
                .hasMessageContaining("from the test");
    }

    @Test
    void allProblemsMustBeNamedAtOnce() {
        assertThatThrownBy(() ->
                        settings(Map.of("serpentry.session.maxEntries", "0", "serpentry.session.sweep.batch", "none")))
                .hasMessageContaining("maxEntries")
                .hasMessageContaining("sweep.batch");
    }

    @Test
    void aMisspeltKeyMustBeRefused() {
        assertThatThrownBy(() -> settings(Map.of("serpentry.session.idleTimeOut", "PT1H")))
                .hasMessageContaining("serpentry.session.idleTimeOut")
                .hasMessageContaining("serpentry.session.idleTimeout");
    }

    @Test
    void aMisspeltKeyOfTheStoreMustBeRefusedToo() {
        assertThatThrownBy(() -> settings(Map.of("serpentry.store.dataSource", "java:/x")))
                .hasMessageContaining("serpentry.store.dataSource")
                .hasMessageContaining("serpentry.store.datasource");
    }

    @Test
    void anEntryMustFitIntoASession() {
        assertThatThrownBy(() -> settings(
                        Map.of("serpentry.session.maxBytes", "1024", "serpentry.session.maxEntrySize", "1025")))
                .hasMessageContaining("serpentry.session.maxEntrySize (1025)");
    }
}
