// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The floors' header: 8 bytes of no meaning, the request's number, the payload's length. */
final class Floors {

    static final int HEADER = 24;

    private Floors() {}

    static void header(ByteBuffer to, long request, long length) {
        to.putLong(0).putLong(request).putLong(length);
    }

    /** Reads greedily until the header has arrived, and gives the length it tells. */
    static int readHeader(SocketChannel channel, ByteBuffer in, long request) throws IOException {
        while (in.position() < HEADER) {
            read(channel, in);
        }
        if (in.getLong(8) != request) {
            throw new IOException("an answer to request " + in.getLong(8) + ", not " + request);
        }
        return (int) in.getLong(16);
    }

    static void read(SocketChannel channel, ByteBuffer in) throws IOException {
        if (channel.read(in) < 0) {
            throw new EOFException("the floor's process has ended");
        }
    }
}
