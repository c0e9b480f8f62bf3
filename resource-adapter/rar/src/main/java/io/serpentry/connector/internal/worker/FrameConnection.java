// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.internal.wire.Frame;
import io.serpentry.connector.internal.wire.FrameDecoder;
import io.serpentry.connector.internal.wire.FrameEncoder;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * Frames over a blocking Unix socket: one thread sends and one receives at a time. An interrupt of a thread inside
 * {@link #send} or {@link #receive} closes the connection (that is how the JDK's channels work); closing it frees a thread
 * that waits in it.
 */
final class FrameConnection implements Closeable {

    private final SocketChannel channel;
    private final FrameDecoder decoder;
    private final FrameEncoder encoder = new FrameEncoder();

    FrameConnection(SocketChannel channel, long maxMessageSize) {
        this.channel = channel;
        this.decoder = new FrameDecoder(maxMessageSize);
    }

    void send(Frame frame) throws IOException {
        encoder.write(frame, channel);
    }

    /**
     * Waits for the next frame.
     *
     * @throws EOFException if the peer has closed; the message says whether in the middle of a frame
     * @throws IOException if the connection fails or the peer sends what is no frame
     */
    Frame receive() throws IOException {
        Frame frame = decoder.next();
        while (frame == null) {
            if (channel.read(decoder.space()) < 0) {
                throw new EOFException(decoder.isMidFrame() ? "closed in the middle of a message" : "closed");
            }
            frame = decoder.next();
        }
        return frame;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Closes without complaint: what a close could still say is not worth more than the reason for closing. */
    void closeQuietly() {
        try {
            channel.close();
        } catch (IOException e) {
            WorkerLog.LOG.debug("closing a socket", e);
        }
    }
}
