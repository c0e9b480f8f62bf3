// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.InvalidArgumentException;
import org.junit.jupiter.api.Test;

class CallerTest {

    private static final Caller OLGA = Caller.operator("olga");

    @Test
    void aReasonThatDoesNotFitTheAuditMustBeRefused() {
        assertThatThrownBy(() -> OLGA.because("a\nb")).isInstanceOf(InvalidArgumentException.class);
        assertThatThrownBy(() -> OLGA.because("a".repeat(501))).isInstanceOf(InvalidArgumentException.class);
        assertThat(OLGA.because("a".repeat(500)).reason()).hasSize(500);
        assertThat(OLGA.because("").reason()).isEmpty();
    }
}
