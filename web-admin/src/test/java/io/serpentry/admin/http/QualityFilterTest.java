// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.InvalidArgumentException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QualityFilterTest {

    @ParameterizedTest
    @ValueSource(strings = {"a/b;q=abc", "a/b, c/d;q=", "a/b; Q = x;c=d", "a/b;q=1;q=-1", "a/b;q=1e3", "a/b;q=NaN"})
    void aWeightThatIsNoNumberMustBeRefused(String value) {
        assertThatThrownBy(() -> QualityFilter.requireNumbers("Accept", value))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("Accept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*/*", "a/b;q=0", "a/b;q=0.5,c/d ; q=1.000 ", "a/b;seq=x"})
    void otherMediaTypesMustPass(String value) {
        assertThatCode(() -> QualityFilter.requireNumbers("Accept", value)).doesNotThrowAnyException();
    }
}
