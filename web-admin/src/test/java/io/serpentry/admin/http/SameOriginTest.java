// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SameOriginTest {

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, localhost:8080",
        "http://LOCALHOST:8080, localhost:8080",
        "https://serpentry.example, serpentry.example",
        "https://serpentry.example, serpentry.example:443",
        "https://serpentry.example:443, serpentry.example",
        "http://[::1]:8080, [::1]:8080",
    })
    void aPageOfThisServerMustPass(String origin, String host) {
        assertThat(SameOrigin.matches(origin, host)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example, localhost:8080",
        "http://localhost:9090, localhost:8080",
        "http://localhost, localhost:8080",
        "http://localhost:8080.evil.example, localhost:8080",
        "http://localhost:8080@evil.example, localhost:8080",
        "null, localhost:8080",
        "'', localhost:8080",
        "file://, localhost:8080",
        "ftp://localhost:8080, localhost:8080",
        "http://localhost:8080,",
        "%%, localhost:8080",
        "http://localhost:8080, a b",
    })
    void anyOtherMustNot(String origin, String host) {
        assertThat(SameOrigin.matches(origin, host)).isFalse();
    }
}
