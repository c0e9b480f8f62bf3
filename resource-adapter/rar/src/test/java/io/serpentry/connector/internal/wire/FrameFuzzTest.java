// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random and damaged frames: each is a frame, an unfinished one, or a clean refusal; never anything else. */
@Tag("core")
class FrameFuzzTest {

    private static final int ROUNDS = System.getenv("SERPENTRY_LONG") == null ? 20_000 : 1_000_000;
    private static final int LIMIT = 64 * 1024;
    private static final long SEED = 20261121;

    private final Random random = new Random(SEED);

    private Frame randomFrame() {
        FrameType type = FrameType.values()[random.nextInt(FrameType.values().length)];
        List<ByteBuffer> attachments = random.ints(random.nextInt(4), 0, 600)
                .mapToObj(size -> ByteBuffer.wrap(randomBytes(size)))
                .toList();
        return new Frame(type, random.nextInt(2), random.nextLong(), randomBytes(random.nextInt(300)), attachments);
    }

    private byte[] randomBytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private void mustEndCleanly(byte[] bytes) {
        FrameDecoder decoder = new FrameDecoder(LIMIT, ByteBuffer.allocate(512));
        ByteBuffer input = ByteBuffer.wrap(bytes);
        try {
            for (Frame frame = Codec.feed(decoder, input); frame != null; frame = Codec.feed(decoder, input)) {
                assertThat(frame.size()).isLessThanOrEqualTo(LIMIT);
            }
        } catch (WireException refused) {
            assertThat(refused).hasMessageMatching("(?s).{5,}");
        }
    }

    @Test
    void randomBytesMustEndCleanly() {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = randomBytes(random.nextInt(200));
            if (bytes.length > 4) {
                ByteBuffer.wrap(bytes).putInt(0x53500100 | random.nextInt(20));
            }
            mustEndCleanly(bytes);
        }
    }

    @Test
    void damagedFramesMustEndCleanly() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = Codec.encode(randomFrame());
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            mustEndCleanly(bytes);
        }
    }

    @Test
    void framesInOneStreamMustComeOutAsTheyWentInWhateverThePieces() throws IOException {
        FrameDecoder decoder = new FrameDecoder(LIMIT);
        for (int i = 0; i < ROUNDS / 20; i++) {
            Frame sent = randomFrame();
            byte[] bytes = Codec.encode(sent);
            Frame received = null;
            for (int at = 0; at < bytes.length; ) {
                int count = Math.min(1 + random.nextInt(400), bytes.length - at);
                assertThat(received).isNull();
                received = Codec.feed(decoder, ByteBuffer.wrap(bytes, at, count));
                at += count;
            }
            assertThat(received).isNotNull();
            assertThat(received.body()).isEqualTo(sent.body());
            assertThat(received.attachments()).isEqualTo(sent.attachments());
        }
        assertThat(new String(Codec.encode(randomFrame()), 0, 2, StandardCharsets.US_ASCII))
                .isEqualTo("SP");
    }
}
