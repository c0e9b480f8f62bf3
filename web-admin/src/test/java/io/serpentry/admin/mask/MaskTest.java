// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.mask;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.admin.AdminKeys;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskTest {

    private static final Mask MASK = Mask.of(AdminKeys.MASK_DEFAULT);

    private static String shown(String name, String type, String content) {
        Optional<byte[]> masked = MASK.content(name, type, content.getBytes(UTF_8));
        return masked.map(bytes -> new String(bytes, UTF_8)).orElse("as it is");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "dbPassword",
                "PASSWORD_2",
                "client_secret",
                "token",
                "x.api_key",
                "OpenApiKey",
                "Authorization"
            })
    void namesOfSecretsMustBeHidden(String name) {
        assertThat(MASK.hides(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pass", "history", "authorizations", "my authorization", "api-key"})
    void otherNamesMustNotBeHidden(String name) {
        assertThat(MASK.hides(name)).isFalse();
    }

    @Test
    void onlyTheStarMustHaveAMeaning() {
        Mask mask = Mask.of(" a.b , [x]*y ,, ");

        assertThat(mask.hides("a.b")).isTrue();
        assertThat(mask.hides("A.B")).isTrue();
        assertThat(mask.hides("axb")).isFalse();
        assertThat(mask.hides("[x] and\ny")).isTrue();
        assertThat(mask.hides("xy")).isFalse();
        assertThat(Mask.of("-").hides("password")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = ';',
            value = {
                "history; application/json;          {\"a\": 1.50, \"b\": []};                      as it is",
                "history; application/json;          {\"a\": {\"Token\": {\"x\": 1}}, \"n\": 1.50}; {\"a\":{\"Token\":\"***\"},\"n\":1.50}",
                "history; application/problem+json;  [[{\"password\": null}]];                       [[{\"password\":\"***\"}]]",
                "history; application/json; [\"password\"];                                          as it is",
                "history; Application/JSON; charset=utf-8;                                           \"***\"",
                "secrets; application/json;          1;                                              \"***\"",
                "secrets; text/plain;                abc;                                            ***",
                "history; text/plain;                password=x;                                     as it is",
                "history; application/json;          {;                                              \"***\"",
                "history; application/json;          {\"a\": 1, \"a\": 2};                           \"***\"",
            })
    void contentMustBeShownWithoutSecrets(String name, String type, String content, String expected) {
        assertThat(shown(name, type, content)).isEqualTo(expected);
    }

    @Test
    void jsonThatIsNoTextMustNotBeShown() {
        assertThat(MASK.content("history", "application/json", new byte[] {'"', (byte) 0xff, '"'}))
                .hasValueSatisfying(
                        bytes -> assertThat(new String(bytes, UTF_8)).isEqualTo("\"***\""));
    }

    @ParameterizedTest
    @CsvSource({
        "SERPENTRY_DB_PASSWORD, x y z, ***",
        "serpentry.db.url, jdbc:postgresql://h/d?user=u&password=p&ssl=true, jdbc:postgresql://h/d?user=u&password=***&ssl=true",
        "serpentry.db.url, postgresql://u:p@h/d, postgresql://***@h/d",
        "serpentry.python, /opt/a=b/python, /opt/a=b/python",
        "environment, 'A=1,MY_TOKEN=abc,B=2', 'A=1,MY_TOKEN=***,B=2'",
    })
    void settingsMustBeShownWithoutSecrets(String key, String value, String expected) {
        assertThat(MASK.setting(key, value)).isEqualTo(expected);
    }
}
