// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.ImportMode;
import io.serpentry.session.ImportMode.Check;
import io.serpentry.session.ImportMode.Existing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImportModesTest {

    @Test
    void theCarefulModeMustBeTheUsualOne() {
        assertThat(ImportModes.of(Map.of())).isEqualTo(ImportMode.wholeFile());
    }

    @ParameterizedTest
    @CsvSource({
        "whole-file,         refuse,  WHOLE_FILE,         REFUSE",
        "whole-file,         skip,    WHOLE_FILE,         SKIP",
        "session-by-session, replace, SESSION_BY_SESSION, REPLACE"
    })
    void everyModeMustHaveItsName(String mode, String existing, Check check, Existing then) {
        assertThat(ImportModes.of(Map.of("mode", List.of(mode), "existing", List.of(existing))))
                .isEqualTo(new ImportMode(check, then));
    }

    @ParameterizedTest
    @CsvSource({
        "mode,     WHOLE_FILE, whole-file or session-by-session",
        "mode,     '',         whole-file or session-by-session",
        "existing, overwrite,  skip or replace or refuse",
        "dryRun,   true,       'known: mode, existing'"
    })
    void whatIsNoModeMustBeNamedWithThoseThatAre(String parameter, String value, String known) {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> ImportModes.of(Map.of(parameter, List.of(value))))
                .withMessageContaining(known)
                .satisfies(e -> assertThat(e.context()).containsEntry("field", parameter));
    }
}
