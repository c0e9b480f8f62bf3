// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** What the socket costs: both sides know the size and use the same direct buffers again and again. */
final class BareFloor implements Echo {

    private final SocketChannel channel;
    private final ByteBuffer out;
    private final ByteBuffer in;

    BareFloor(FloorProcess floor, Payload payload) throws IOException {
        channel = floor.connect(FloorProcess.Mode.BARE, payload.size());
        out = ByteBuffer.allocateDirect(payload.size()).put(payload.bytes());
        in = ByteBuffer.allocateDirect(payload.size());
    }

    @Override
    public ByteBuffer exchange() throws IOException {
        out.rewind();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        in.clear();
        while (in.hasRemaining()) {
            Floors.read(channel, in);
        }
        return in.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
