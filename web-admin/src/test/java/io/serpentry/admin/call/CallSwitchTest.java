// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import java.util.Map;
import java.util.Properties;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class CallSwitchTest {

    @Test
    void callsMustBeOffUnlessTheyAreSwitchedOn() {
        assertThatExceptionOfType(PythonException.class)
                .isThrownBy(() -> CallSwitch.requireOn(new Properties(), Map.of()))
                .satisfies(e -> Assertions.assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN))
                .withMessageContaining("-Dserpentry.call.enabled=true")
                .withMessageContaining("SERPENTRY_CALL_ENABLED=true");
    }

    @Test
    void thePropertyOrTheVariableMustSwitchThemOn() {
        assertThatCode(() -> CallSwitch.requireOn(property("true"), Map.of())).doesNotThrowAnyException();
        assertThatCode(() -> CallSwitch.requireOn(new Properties(), Map.of(CallSwitch.VARIABLE, "TRUE")))
                .doesNotThrowAnyException();
    }

    @Test
    void thePropertyMustWin() {
        assertThatExceptionOfType(PythonException.class)
                .isThrownBy(() -> CallSwitch.requireOn(property("false"), Map.of(CallSwitch.VARIABLE, "true")));
    }

    private static Properties property(String value) {
        Properties properties = new Properties();
        properties.setProperty(CallSwitch.PROPERTY, value);
        return properties;
    }
}
