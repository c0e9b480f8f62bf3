// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** What a message costs: a header of 24 bytes and greedy reads, but no JSON, no dispatch, and the same buffers each time. */
final class FramedFloor implements Echo {

    private final SocketChannel channel;
    private final ByteBuffer out;
    private final ByteBuffer in;
    private long request;

    FramedFloor(FloorProcess floor, Payload payload) throws IOException {
        channel = floor.connect(FloorProcess.Mode.FRAMED, payload.size());
        int size = Floors.HEADER + payload.size();
        out = ByteBuffer.allocateDirect(size).put(Floors.HEADER, payload.bytes());
        in = ByteBuffer.allocateDirect(size);
    }

    @Override
    public ByteBuffer exchange() throws IOException {
        Floors.header(out.clear(), ++request, out.capacity() - Floors.HEADER);
        out.rewind();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        in.clear();
        int length = Floors.readHeader(channel, in, request);
        while (in.position() < Floors.HEADER + length) {
            Floors.read(channel, in);
        }
        return in.flip().position(Floors.HEADER);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
