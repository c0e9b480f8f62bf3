// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * What a message costs whose bytes come from a Java array and end in a new one: as {@link FramedFloor}, but through buffers
 * of 128 KiB, and with new memory for each payload on both sides.
 */
final class OwnedFloor implements Echo {

    private static final int STAGING = 128 * 1024;

    private final SocketChannel channel;
    private final byte[] payload;
    private final ByteBuffer out = ByteBuffer.allocateDirect(STAGING);
    private final ByteBuffer in = ByteBuffer.allocateDirect(STAGING);
    private long request;

    OwnedFloor(FloorProcess floor, Payload payload) throws IOException {
        channel = floor.connect(FloorProcess.Mode.OWNED, payload.size());
        this.payload = payload.bytes();
    }

    @Override
    public byte[] exchange() throws IOException {
        Floors.header(out.clear(), ++request, payload.length);
        for (int sent = 0; sent < payload.length; ) {
            int count = Math.min(out.remaining(), payload.length - sent);
            out.put(payload, sent, count);
            sent += count;
            out.flip();
            while (out.hasRemaining()) {
                channel.write(out);
            }
            out.clear();
        }
        int length = Floors.readHeader(channel, in.clear(), request);
        byte[] answer = new byte[length];
        in.flip().position(Floors.HEADER);
        for (int got = 0; got < length; ) {
            if (!in.hasRemaining()) {
                Floors.read(channel, in.clear());
                in.flip();
            }
            int count = Math.min(in.remaining(), length - got);
            in.get(answer, got, count);
            got += count;
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
