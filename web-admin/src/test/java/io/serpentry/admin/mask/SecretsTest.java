// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.mask;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    @ParameterizedTest
    @ValueSource(strings = {"-", "ssn,iban"})
    void whatIsConfiguredForSessionsMustNotUncoverSettings(String patterns) {
        Secrets secrets = new Secrets();
        secrets.patterns = patterns;

        assertThat(secrets.mask().hides("db.password")).isFalse();
        assertThat(secrets.ofSettings().setting("db.password", "x")).isEqualTo("***");
        assertThat(secrets.ofSettings().setting("db.url", "jdbc:x?password=y")).doesNotContain("y");
        assertThat(secrets.ofSettings().hides("ssn")).isEqualTo(patterns.startsWith("ssn"));
    }
}
