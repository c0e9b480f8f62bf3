// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The files of one cluster, and the programs that work on them. Not safe for several threads.
 *
 * <pre>
 *  directory ─┬─ data/           PostgreSQL's own
 *             ├─ initdb.log
 *             └─ postgresql.log
 * </pre>
 *
 * @param temporary whether the directory goes with the cluster
 */
record PostgresDirectory(PostgresInstallation installation, Path directory, boolean temporary) {

    static PostgresDirectory inTemporaryFiles() throws IOException {
        PostgresInstallation installation = PostgresInstallation.find();
        return new PostgresDirectory(installation, installation.temporaryDirectory(), true);
    }

    static PostgresDirectory at(Path directory) throws IOException {
        PostgresInstallation installation = PostgresInstallation.find();
        return new PostgresDirectory(installation, installation.emptyDirectory(directory), false);
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Path log() {
        return directory.resolve("postgresql.log");
    }

    /** Makes the cluster, with one user. Fails with the output of initdb if that fails, or takes longer than the limit. */
    void initialize(String user, String password, Duration limit) throws IOException {
        Path secret = directory.resolve("password");
        Files.createFile(secret, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        installation.own(Files.writeString(secret, password));
        Path output = directory.resolve("initdb.log");
        GuardedProcess initdb = launch(
                output,
                "initdb",
                "--pgdata=" + data(),
                "--username=" + user,
                "--pwfile=" + secret,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync");
        boolean ended = initdb.hasEndedWithin(limit);
        if (!ended || initdb.status() != 0) {
            initdb.kill();
            throw new IllegalStateException("initdb failed, or was not done in " + limit + ". " + endOf(output));
        }
        Files.delete(secret);
    }

    /** Adds settings to {@code postgresql.conf}; the last of a name wins. */
    void configure(Map<String, String> settings) throws IOException {
        List<String> lines = settings.entrySet().stream()
                .map(setting -> setting.getKey() + " = '"
                        + setting.getValue().replace("\\", "\\\\").replace("'", "''") + "'")
                .toList();
        Files.write(data().resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
    }

    GuardedProcess startPostmaster() throws IOException {
        return launch(log(), "postgres", "-D", data().toString());
    }

    private GuardedProcess launch(Path output, String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(installation.program(program)));
        command.addAll(List.of(arguments));
        return GuardedProcess.start(installation.asUser(), output, temporary ? directory.toString() : "", command);
    }

    /** The size of the log in bytes. */
    long logSize() throws IOException {
        return Files.size(log());
    }

    /** The lines of the log after so many bytes. */
    List<String> logLines(long start) throws IOException {
        try (InputStream content = Files.newInputStream(log())) {
            content.skipNBytes(start);
            return new String(content.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    /** The last 30 lines of the log, with a heading; for messages. */
    String endOfLog() throws IOException {
        return endOf(log());
    }

    private static String endOf(Path log) throws IOException {
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        return lines.stream()
                .skip(Math.max(0, lines.size() - 30))
                .collect(Collectors.joining("\n", "The end of " + log + ":\n", ""));
    }

    /** Removes what a cluster that does not run has left: the shared memory of a killed one, and a temporary directory. */
    void removeRemains() throws IOException {
        Path pidFile = data().resolve("postmaster.pid");
        if (Files.exists(pidFile)) {
            // Line 7: key and id of the segment by which a second postmaster would notice the first.
            String[] segment = Files.readAllLines(pidFile).get(6).strip().split(" +");
            statusOf("ipcrm", "-m", segment[1]);
        }
        if (temporary && statusOf("rm", "-rf", "--", directory.toString()) != 0) {
            throw new IOException("Could not remove " + directory);
        }
    }

    private static int statusOf(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.onExit().join().exitValue();
    }
}
