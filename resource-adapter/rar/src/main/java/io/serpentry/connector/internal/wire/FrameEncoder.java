// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Writes frames through one reused direct buffer: a small frame is one contiguous write, a large one goes in pieces of at
 * most the buffer's size, so that the JDK never copies a large heap buffer to native memory as a whole.
 *
 * <p>For one thread at a time. It does not look at the message limit; the caller compares {@link Frame#size()} first.
 */
public final class FrameEncoder {

    private static final int STAGING = 128 * 1024;

    private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING);

    /**
     * Writes the whole frame. The attachments' positions are not moved.
     *
     * @throws IOException if the channel fails; part of the frame may then be written
     */
    public void write(Frame frame, WritableByteChannel to) throws IOException {
        staging.clear();
        FrameHeader.of(frame).write(staging);
        put(ByteBuffer.wrap(frame.body()), to);
        for (ByteBuffer attachment : frame.attachments()) {
            if (staging.remaining() < Integer.BYTES) {
                drain(to);
            }
            staging.putInt(attachment.remaining());
        }
        for (ByteBuffer attachment : frame.attachments()) {
            put(attachment.duplicate(), to);
        }
        drain(to);
    }

    private void put(ByteBuffer source, WritableByteChannel to) throws IOException {
        if (source.isDirect() && source.remaining() > staging.remaining()) {
            drain(to);
            writeFully(source, to);
            return;
        }
        while (source.hasRemaining()) {
            if (!staging.hasRemaining()) {
                drain(to);
            }
            int count = Math.min(source.remaining(), staging.remaining());
            staging.put(staging.position(), source, source.position(), count);
            staging.position(staging.position() + count);
            source.position(source.position() + count);
        }
    }

    private void drain(WritableByteChannel to) throws IOException {
        writeFully(staging.flip(), to);
        staging.clear();
    }

    private static void writeFully(ByteBuffer source, WritableByteChannel to) throws IOException {
        while (source.hasRemaining()) {
            to.write(source);
        }
    }
}
