// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The Python side of the floors, {@code floor.py}: a process for each connection to it. */
public final class FloorProcess implements AutoCloseable {

    enum Mode {
        BARE,
        FRAMED,
        OWNED
    }

    private final Path directory;
    private final Path socket;
    private final Process process;

    /** Starts it and waits until it listens. */
    public FloorProcess(Path python, Path script) throws IOException {
        directory = Files.createTempDirectory("floor");
        socket = directory.resolve("s");
        process = new ProcessBuilder(python.toString(), script.toString(), socket.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader();
        if (!"ready".equals(output.readLine())) {
            close();
            throw new IOException(script + " did not start");
        }
    }

    SocketChannel connect(Mode mode, int size) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        ByteBuffer opening = ByteBuffer.allocate(9).put((byte) mode.ordinal()).putLong(size);
        channel.write(opening.flip());
        return channel;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        Files.deleteIfExists(socket);
        Files.delete(directory);
    }
}
