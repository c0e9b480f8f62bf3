// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.connector.MessageTooLargeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {

    @Test
    void aBodyMustBeServedToTheLimit() {
        assertThat(RequestBody.read(bytes("é34"), -1, 4)).isEqualTo("é34");
    }

    @Test
    void aBodyOverTheLimitMustBeRefusedAfterOneByteMore() throws IOException {
        InputStream body = bytes("123456789");

        assertThatExceptionOfType(MessageTooLargeException.class)
                .isThrownBy(() -> RequestBody.read(body, -1, 4))
                .satisfies(e -> assertThat(e.context()).containsEntry("limit", "4"));
        assertThat(body.available()).isEqualTo(4);
    }

    @Test
    void aBodyThatIsAnnouncedOverTheLimitMustBeRefusedUnread() throws IOException {
        InputStream body = bytes("12345");

        assertThatExceptionOfType(MessageTooLargeException.class).isThrownBy(() -> RequestBody.read(body, 5, 4));
        assertThat(body.available()).isEqualTo(5);
    }

    @Test
    void anEmptyBodyMustBeRefused() {
        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> RequestBody.read(bytes(""), 0, 4))
                .withMessageContaining("empty");
    }

    @Test
    void whatIsNotUtf8MustBeRefused() {
        InputStream body = new ByteArrayInputStream(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'});

        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> RequestBody.read(body, -1, 10))
                .withMessageContaining("UTF-8");
    }

    @Test
    void aBodyThatBreaksOffMustBeTheClientsError() {
        InputStream body = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }
        };

        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> RequestBody.read(body, -1, 10))
                .withMessageContaining("connection reset");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json;charset=utf-8",
                "application/json ; q=1"
            })
    void jsonMustBeKnownByItsType(String type) {
        assertThat(RequestBody.isDeclared(type, "application/json")).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "*/*",
                "application/*",
                "text/plain",
                "text/json",
                "application/jsonx",
                "application/merge-patch+json"
            })
    void noOtherTypeMustPassForJson(String type) {
        assertThat(RequestBody.isDeclared(type, "application/json")).isFalse();
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }
}
