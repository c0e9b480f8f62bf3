// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import org.jspecify.annotations.Nullable;

/** Both halves of the codec on arrays. */
final class Codec {

    private static final FrameEncoder ENCODER = new FrameEncoder();

    private Codec() {}

    static synchronized byte[] encode(Frame frame) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ENCODER.write(frame, Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    /** The first frame in these bytes, or null if they hold only a part of one. */
    static @Nullable Frame decodeOne(byte[] bytes, long limit) throws WireException {
        FrameDecoder decoder = new FrameDecoder(limit);
        return feed(decoder, ByteBuffer.wrap(bytes));
    }

    /** Feeds until a frame is complete or nothing is left. */
    static @Nullable Frame feed(FrameDecoder decoder, ByteBuffer bytes) throws WireException {
        Frame frame = decoder.next();
        while (frame == null && bytes.hasRemaining()) {
            ByteBuffer space = decoder.space();
            int count = Math.min(space.remaining(), bytes.remaining());
            space.put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            frame = decoder.next();
        }
        return frame;
    }
}
