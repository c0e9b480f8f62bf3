// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file to write once and read once. Only its owner can open it; it is deleted when it is closed, at the latest when the
 * process ends.
 */
final class Spool implements AutoCloseable {

    private static final int BUFFER = 1 << 16;
    private static final String PREFIX = "serpentry-import-";
    private static final String SUFFIX = ".jsonl";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final FileChannel channel;
    private final OutputStream out;

    private Spool(FileChannel channel) {
        this.channel = channel;
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
    }

    static Spool in(Path directory) throws IOException {
        return new Spool(FileChannel.open(
                file(directory),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE));
    }

    static Path file(Path directory) throws IOException {
        boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? Files.createTempFile(directory, PREFIX, SUFFIX, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
                : Files.createTempFile(directory, PREFIX, SUFFIX);
    }

    OutputStream out() {
        return out;
    }

    /** From the beginning; nothing can be written any more. */
    InputStream in() throws IOException {
        out.flush();
        channel.position(0);
        return Channels.newInputStream(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
