// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * This server's own directory under the system's temporary directory, mode 0700: the Python package unpacked, and one
 * directory for each zygote with its sockets. Its name is random, so two servers never meet.
 */
public final class RuntimeDirectory {

    private static final String PREFIX = "serpentry-";
    private static final String OWNER = "owner";
    private static final String PACKAGE = "META-INF/serpentry/python/";

    /** What the kernel allows for the path of a Unix socket on every system. */
    private static final int SOCKET_PATH_LIMIT = 104;

    private static final int LONGEST_SOCKET_NAME = "/p123456/w1234567890.sock".length();

    private final Path root;
    private final AtomicInteger sequence = new AtomicInteger();

    private RuntimeDirectory(Path root) {
        this.root = root;
    }

    /**
     * Makes the directory, unpacks the Python package into it, and removes directories whose servers are gone.
     *
     * @throws IOException if it can not be made, or if its path would be too long for sockets
     */
    public static RuntimeDirectory create(Path parent) throws IOException {
        Path root = null;
        try {
            removeStale(parent);
            root = Files.createTempDirectory(
                    parent, PREFIX, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return fill(root);
        } catch (IOException e) {
            if (root != null) {
                delete(root);
            }
            throw new IOException(
                    "no directory for sockets and the Python package could be made in " + parent + " (java.io.tmpdir): "
                            + e,
                    e);
        }
    }

    private static RuntimeDirectory fill(Path root) throws IOException {
        if (root.toString().length() + LONGEST_SOCKET_NAME > SOCKET_PATH_LIMIT) {
            throw new IOException("the path of " + root + " is too long for Unix sockets (" + SOCKET_PATH_LIMIT
                    + " bytes); set java.io.tmpdir to a shorter directory");
        }
        Files.writeString(root.resolve(OWNER), identity(ProcessHandle.current()));
        RuntimeDirectory directory = new RuntimeDirectory(root);
        directory.unpack();
        return directory;
    }

    /** Where {@code import serpentry} finds the package. */
    Path pythonPath() {
        return root.resolve("python");
    }

    /** A new directory for the sockets of one zygote. */
    Path newZygoteDirectory() throws IOException {
        return Files.createDirectory(root.resolve("p" + sequence.incrementAndGet()));
    }

    /** Removes everything; what can not be removed is logged. */
    public void delete() {
        delete(root);
    }

    private void unpack() throws IOException {
        Files.createDirectory(pythonPath());
        ClassLoader loader = RuntimeDirectory.class.getClassLoader();
        try (InputStream index = open(loader, "index.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(index, StandardCharsets.UTF_8))) {
            for (String file = lines.readLine(); file != null; file = lines.readLine()) {
                Path target = pythonPath().resolve(file).normalize();
                Files.createDirectories(target.getParent());
                try (InputStream content = open(loader, file)) {
                    Files.copy(content, target);
                }
            }
        }
    }

    private static InputStream open(ClassLoader loader, String file) throws IOException {
        InputStream stream = loader.getResourceAsStream(PACKAGE + file);
        if (stream == null) {
            throw new NoSuchFileException(PACKAGE + file, null, "the resource adapter was built without it");
        }
        return stream;
    }

    private static void removeStale(Path parent) throws IOException {
        try (DirectoryStream<Path> candidates = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path candidate : candidates) {
                if (ownerIsGone(candidate.resolve(OWNER))) {
                    delete(candidate);
                    WorkerLog.LOG.removedStale(candidate);
                }
            }
        }
    }

    private static boolean ownerIsGone(Path owner) {
        try {
            String identity = Files.readString(owner);
            long pid = Long.parseLong(identity.substring(0, identity.indexOf(' ')));
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            return process.isEmpty() || !identity(process.get()).equals(identity);
        } catch (IOException | RuntimeException e) {
            WorkerLog.LOG.debugf(e, "%s is not ours to judge", owner);
            return false;
        }
    }

    private static String identity(ProcessHandle process) {
        return process.pid() + " "
                + process.info().startInstant().map(Object::toString).orElse("?");
    }

    /** Removes a directory with all that is in it, if it is there; what can not be removed is logged. */
    static void delete(Path tree) {
        try {
            Files.walkFileTree(tree, new Deleting());
        } catch (NoSuchFileException e) {
            WorkerLog.LOG.debugf(e, "%s is gone already", tree);
        } catch (IOException | UncheckedIOException e) {
            WorkerLog.LOG.notRemoved(tree, e);
        }
    }

    private static final class Deleting extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @org.jspecify.annotations.Nullable IOException e)
                throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
