// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The programs of PostgreSQL on this machine, and the user that may run them: they refuse root, which therefore becomes the
 * user {@code postgres} for them.
 */
record PostgresInstallation(Path bin) {

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final int OLDEST = 15;
    private static final String USER = "postgres";

    /** The newest of {@code /usr/lib/postgresql}, 15 or newer; else the one on the {@code PATH}. Fails without either. */
    static PostgresInstallation find() {
        return newestOf(DEBIAN)
                .or(PostgresInstallation::onPath)
                .map(PostgresInstallation::new)
                .orElseThrow(
                        () -> new IllegalStateException("No PostgreSQL " + OLDEST + " or newer: neither in " + DEBIAN
                                + " nor is postgres, with initdb beside it, on the PATH."
                                + " Install it (Debian: postgresql); ./verify does so as root."));
    }

    private static Optional<Path> newestOf(Path versions) {
        if (!Files.isDirectory(versions)) {
            return Optional.empty();
        }
        try (Stream<Path> found = Files.list(versions)) {
            return found.filter(version -> version(version) >= OLDEST)
                    .sorted(Comparator.comparingInt(PostgresInstallation::version)
                            .reversed())
                    .map(version -> version.resolve("bin"))
                    .filter(PostgresInstallation::isComplete)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int version(Path directory) {
        String name = directory.getFileName().toString();
        return name.matches("[0-9]{1,4}") ? Integer.parseInt(name) : 0;
    }

    private static Optional<Path> onPath() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "postgres"))
                .filter(Files::isExecutable)
                .map(program -> real(program).getParent())
                .filter(PostgresInstallation::isComplete)
                .findFirst();
    }

    private static Path real(Path program) {
        try {
            return program.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isComplete(Path bin) {
        return Files.isExecutable(bin.resolve("postgres")) && Files.isExecutable(bin.resolve("initdb"));
    }

    String program(String name) {
        return bin.resolve(name).toString();
    }

    /** What stands before a command so that it runs as the right user. */
    List<String> asUser() {
        return isRoot() ? List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--") : List.of();
    }

    /**
     * A new directory that PostgreSQL can reach: among the JVM's temporary files, or in {@code /tmp} where root keeps those to
     * itself.
     */
    Path temporaryDirectory() throws IOException {
        Path usual = Path.of(System.getProperty("java.io.tmpdir"));
        return own(Files.createTempDirectory(isReachable(usual) ? usual : Path.of("/tmp"), "serpentry-postgres"));
    }

    /** Gives a directory to the user that PostgreSQL runs as, and makes it where it is missing. Fails if it is not empty. */
    Path emptyDirectory(Path directory) throws IOException {
        Path absolute = Files.createDirectories(directory).toRealPath();
        try (Stream<Path> files = Files.list(absolute)) {
            if (files.findAny().isPresent()) {
                throw new IllegalArgumentException(absolute + " is not empty: a cluster needs a directory of its own.");
            }
        }
        if (!isReachable(absolute.getParent())) {
            throw new IllegalArgumentException(absolute + " is out of reach for the user " + USER
                    + ", which root becomes for PostgreSQL: a directory above it is closed to others."
                    + " Give one below /tmp, or none.");
        }
        return own(absolute);
    }

    /** Gives a file to the user that PostgreSQL runs as. */
    Path own(Path file) throws IOException {
        if (isRoot()) {
            try {
                Files.setOwner(
                        file,
                        file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER));
            } catch (UserPrincipalNotFoundException e) {
                throw new IllegalStateException("PostgreSQL refuses root, and there is no user " + USER + ".", e);
            }
        }
        return file;
    }

    private static boolean isReachable(Path directory) throws IOException {
        for (Path each = directory.toRealPath(); isRoot() && each != null; each = each.getParent()) {
            if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
