// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import org.junit.jupiter.api.Test;

class CallSwitchTest {

    private final CallSwitch calls = new CallSwitch();

    @Test
    void callsMustBeOffUnlessTheyAreSwitchedOn() {
        assertThatExceptionOfType(PythonException.class)
                .isThrownBy(calls::requireOn)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN))
                .withMessageContaining("-Dserpentry.call.enabled=true")
                .withMessageContaining("SERPENTRY_CALL_ENABLED=true");
    }

    @Test
    void aSwitchThatIsOnMustLetCallsIn() {
        calls.on = true;

        assertThatCode(calls::requireOn).doesNotThrowAnyException();
    }
}
