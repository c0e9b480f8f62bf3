// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.internal.worker.PoolSettings;
import jakarta.resource.ResourceException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("core")
class SettingsParserTest {

    private final PythonManagedConnectionFactory properties = new PythonManagedConnectionFactory();

    @Test
    void theDefaultsMustBeValid() throws ResourceException {
        PoolSettings settings = SettingsParser.parse(properties);

        assertThat(settings.name()).isEqualTo("default");
        assertThat(settings.callTimeout()).isEqualTo(Duration.ofSeconds(120));
        assertThat(settings.maxAge()).isNull();
        assertThat(settings.modulePath()).isEmpty();
    }

    @Test
    void listsAndEnvironmentMustBeSplit() throws ResourceException {
        properties.setModulePath("/a:/b c");
        properties.setModules("one, two.three");
        properties.setEnvironment("A=1,B=x\\,y,C=");

        PoolSettings settings = SettingsParser.parse(properties);

        assertThat(settings.modulePath()).containsExactly(Path.of("/a"), Path.of("/b c"));
        assertThat(settings.modules()).containsExactly("one", "two.three");
        assertThat(settings.environment())
                .containsEntry("A", "1")
                .containsEntry("B", "x,y")
                .containsEntry("C", "");
    }

    @ParameterizedTest
    @CsvSource({
        "name, a b",
        "python, ' '",
        "modules, os;system",
        "preload, 1numpy",
        "environment, novalue",
        "start, thread",
        "callTimeout, 30",
        "callTimeout, PT0S",
        "callTimeout, -PT1S",
        "startTimeout, P30D",
        "maxAge, soon",
        "cancelGrace, ''"
    })
    void aTextThatHasNoSenseMustBeRefusedByNameAndValue(String property, String value) {
        setter(property).accept(properties, value);

        assertThatThrownBy(() -> SettingsParser.parse(properties))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("config property " + property)
                .hasMessageContaining("'" + value + "'")
                .hasMessageContaining("allowed is");
    }

    @Test
    void aNumberOutsideItsRangeMustBeRefusedWithTheRange() {
        properties.setThreadsPerWorker(65);
        assertThatThrownBy(() -> SettingsParser.parse(properties)).hasMessageContaining("1 to 64");

        properties.setThreadsPerWorker(1);
        properties.setMaxMessageSize(10);
        assertThatThrownBy(() -> SettingsParser.parse(properties)).hasMessageContaining("1024 to 1073741824");
    }

    private static BiConsumer<PoolProperties, String> setter(String property) {
        return switch (property) {
            case "name" -> PoolProperties::setName;
            case "python" -> PoolProperties::setPython;
            case "modules" -> PoolProperties::setModules;
            case "preload" -> PoolProperties::setPreload;
            case "environment" -> PoolProperties::setEnvironment;
            case "start" -> PoolProperties::setStart;
            case "callTimeout" -> PoolProperties::setCallTimeout;
            case "startTimeout" -> PoolProperties::setStartTimeout;
            case "maxAge" -> PoolProperties::setMaxAge;
            case "cancelGrace" -> PoolProperties::setCancelGrace;
            default -> throw new IllegalArgumentException(property);
        };
    }
}
