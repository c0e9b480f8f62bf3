// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vectors that the Python codec is tested with too: both codecs agree on every byte. */
@Tag("core")
class FrameVectorsTest {

    private static final Path VECTORS =
            Path.of(System.getProperty("serpentry.root"), "python-worker/tests/vectors/frames.json");
    private static final int LIMIT = 1 << 30;

    record Vector(String name, JsonObject json) {
        byte[] bytes() {
            return HexFormat.of().parseHex(json.getString("hex"));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Vector> valid() throws IOException {
        return vectors("valid");
    }

    static Stream<Vector> invalid() throws IOException {
        return vectors("invalid");
    }

    private static Stream<Vector> vectors(String kind) throws IOException {
        try (Reader file = Files.newBufferedReader(VECTORS);
                JsonReader reader = Json.createReader(file)) {
            return reader.readObject().getJsonArray(kind).stream()
                    .map(JsonValue::asJsonObject)
                    .map(json -> new Vector(json.getString("name"), json));
        }
    }

    private static Frame expected(JsonObject json) {
        byte[] body = json.get("body") instanceof JsonString text
                ? text.getString().getBytes(StandardCharsets.UTF_8)
                : new byte[0];
        List<ByteBuffer> attachments = json.getJsonArray("attachments").getValuesAs(JsonString.class).stream()
                .map(hex -> ByteBuffer.wrap(HexFormat.of().parseHex(hex.getString())))
                .toList();
        return new Frame(
                FrameType.valueOf(json.getString("type")),
                json.getInt("flags"),
                json.getJsonNumber("requestId").bigIntegerValue().longValue(),
                body,
                attachments);
    }

    @ParameterizedTest
    @MethodSource("valid")
    void aValidFrameMustBeDecodedAndEncodedToTheSameBytes(Vector vector) throws IOException {
        Frame frame = Codec.decodeOne(vector.bytes(), LIMIT);

        Frame expected = expected(vector.json());
        assertThat(frame.type()).isEqualTo(expected.type());
        assertThat(frame.flags()).isEqualTo(expected.flags());
        assertThat(frame.requestId()).isEqualTo(expected.requestId());
        assertThat(frame.body()).isEqualTo(expected.body());
        assertThat(frame.attachments()).isEqualTo(expected.attachments());
        assertThat(frame.size()).isEqualTo(vector.bytes().length);
        assertThat(Codec.encode(frame)).isEqualTo(vector.bytes());
    }

    @ParameterizedTest
    @MethodSource("valid")
    void aFrameThatArrivesByteByByteMustBeDecodedAlike(Vector vector) throws IOException {
        FrameDecoder decoder = new FrameDecoder(LIMIT);
        Frame frame = null;
        for (byte one : vector.bytes()) {
            assertThat(frame).as("complete only at its last byte").isNull();
            decoder.space().put(one);
            frame = decoder.next();
        }

        assertThat(frame).isNotNull();
        assertThat(frame.body()).isEqualTo(expected(vector.json()).body());
        assertThat(decoder.isMidFrame()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void anInvalidFrameMustBeRefusedForItsReason(Vector vector) {
        WireException refusal = catchThrowableOfType(
                WireException.class,
                () -> Codec.decodeOne(vector.bytes(), vector.json().getInt("maxMessageSize", LIMIT)));

        assertThat(refusal).isNotNull();
        assertThat(refusal.reason().name().toLowerCase(Locale.ROOT))
                .isEqualTo(vector.json().getString("reason"));
    }
}
