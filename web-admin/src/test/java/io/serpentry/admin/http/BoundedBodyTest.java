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

class BoundedBodyTest {

    private static BoundedBody body(InputStream in) {
        return new BoundedBody(in, new RequestBody.Limit(4, "the.setting"));
    }

    private static ByteArrayInputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Test
    void aBodyMustBeReadToTheLimit() throws IOException {
        assertThat(body(bytes("1234")).readAllBytes()).asString(UTF_8).isEqualTo("1234");
    }

    @Test
    void aBodyMustBeReadByteByByteToo() {
        BoundedBody body = body(bytes("é"));

        assertThat(body.read()).isEqualTo(0xc3);
        assertThat(body.read()).isEqualTo(0xa9);
        assertThat(body.read()).isEqualTo(-1);
    }

    @Test
    void aBodyOverTheLimitMustBeRefusedWithTheLimitAndItsSetting() {
        assertThatExceptionOfType(MessageTooLargeException.class)
                .isThrownBy(() -> body(bytes("12345")).readAllBytes())
                .withMessageContaining("4 bytes (the.setting)")
                .satisfies(e -> assertThat(e.context()).containsEntry("limit", "4"));
    }

    @Test
    void aBodyThatBreaksOffMustBeTheClientsFault() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }
        };

        assertThatExceptionOfType(InvalidArgumentException.class)
                .isThrownBy(() -> body(broken).readAllBytes())
                .withMessageContaining("connection reset");
    }
}
