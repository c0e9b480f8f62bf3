// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PostgresServerTest {

    private static PostgresServer server;
    private String database;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start(Map.of("log_statement", "all", "max_prepared_transactions", "7"));
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        if (!server.isRunning()) {
            server.restart();
        }
        database = server.createDatabase();
    }

    @Test
    void aNewDatabaseMustHaveItsOwnNameAndNoTables() {
        server.execute(database, "CREATE TABLE t (id int)");
        String another = server.createDatabase();

        assertThat(tables(database)).isEqualTo(1);
        assertThat(tables(another)).isZero();
    }

    private static long tables(String database) {
        return server.query(
                database, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'", Long.class);
    }

    @Test
    void aRestartMustKeepTheDataAndTheAddress() {
        String url = server.url(database);
        server.execute(database, "CREATE TABLE t (id int)", "INSERT INTO t VALUES (42)");

        server.restart();

        assertThat(server.url(database)).isEqualTo(url);
        assertThat(server.query(database, "SELECT id FROM t", Integer.class)).isEqualTo(42);
    }

    @Test
    void aKilledServerMustKeepWhatWasCommittedAndNothingElse() throws SQLException {
        server.execute(database, "CREATE TABLE t (id int)", "INSERT INTO t VALUES (42)");
        try (Connection open = server.dataSource(database).getConnection();
                Statement statement = open.createStatement()) {
            open.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (43)");

            server.stopImmediately();

            assertThat(server.isRunning()).isFalse();
            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
        }
        server.clearLog();
        server.restart();
        assertThat(server.query(database, "SELECT sum(id) FROM t", Long.class)).isEqualTo(42);
        assertThat(server.logLines()).anyMatch(line -> line.contains("automatic recovery in progress"));
    }

    @Test
    void aFastStopMustEndOpenConnectionsAndLeaveNothingToRecover() throws SQLException {
        try (Connection open = server.dataSource(database).getConnection()) {
            server.stopFast();

            assertThat(server.isRunning()).isFalse();
            assertThat(open.isValid(5)).isFalse();
        }
        server.clearLog();
        server.restart();
        assertThat(server.isRunning()).isTrue();
        assertThat(server.logLines()).noneMatch(line -> line.contains("automatic recovery in progress"));
    }

    @Test
    void theLogMustHoldTheStatementsSinceTheMark() {
        server.execute(database, "SELECT 'before the mark'");
        server.clearLog();
        server.execute(database, "SELECT 'after the mark'");

        assertThat(server.logLines())
                .anyMatch(line -> line.contains(database) && line.contains("SELECT 'after the mark'"))
                .noneMatch(line -> line.contains("before the mark"));
    }

    @Test
    void settingsMustWinOverTheOwnAndTheOwnOverPostgresqls() {
        assertThat(setting("max_prepared_transactions")).isEqualTo("7");
        assertThat(setting("max_connections")).isEqualTo("200");
        assertThat(setting("fsync")).isEqualTo("on");
        assertThat(setting("unix_socket_directories")).isEmpty();
    }

    private static String setting(String name) {
        return server.query("postgres", "SHOW " + name, String.class);
    }

    @Test
    void aWrongPasswordMustBeRefused() {
        assertThatThrownBy(() -> DriverManager.getConnection(server.url(database), server.user(), "wrong"))
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void aServerThatDoesNotStartMustShowItsLog() {
        assertThatThrownBy(() -> PostgresServer.start(Map.of("no_such_setting", "1")))
                .hasMessageContaining("unrecognized configuration parameter \"no_such_setting\"");
    }

    @Test
    void theSharedServerMustBeOneAndTheSame() {
        assertThat(PostgresServer.shared()).isSameAs(PostgresServer.shared());
        assertThat(PostgresServer.shared().query("postgres", "SHOW fsync", String.class))
                .isEqualTo("off");
    }

    @Test
    void aClosedServerMustLeaveNeitherProcessesNorFiles() throws IOException {
        PostgresServer another = PostgresServer.start();
        Path data = dataOf(another);
        ProcessHandle postmaster = postmasterOf(data);
        List<ProcessHandle> processes = postmaster.children().toList();

        another.close();

        assertThat(processes).isNotEmpty().noneMatch(PostgresServerTest::isAlive);
        assertThat(isAlive(postmaster)).isFalse();
        assertThat(data.getParent()).doesNotExist();
        assertThatThrownBy(another::restart).hasMessageContaining("closed");
    }

    @Test
    void aKilledServerMustLeaveNoSharedMemory() throws IOException {
        PostgresServer another = PostgresServer.start();
        String segment = sharedMemoryOf(dataOf(another));
        assertThat(sharedMemory()).contains(segment);

        another.stopImmediately();
        another.close();

        assertThat(sharedMemory()).doesNotContain(segment);
    }

    @Test
    void aGivenDirectoryMustStay(@TempDir Path directory) throws IOException {
        Path given = directory.resolve("cluster");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        try (PostgresServer another = PostgresServer.start(given, Map.of())) {
            assertThat(dataOf(another)).isEqualTo(given.toRealPath().resolve("data"));
        }
        assertThat(given.resolve("postgresql.log")).content().contains("database system is shut down");
    }

    @Test
    void aDirectoryWithFilesMustBeRefused(@TempDir Path directory) throws IOException {
        Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> PostgresServer.start(directory, Map.of())).hasMessageContaining("is not empty");
    }

    @Test
    void aKilledJvmMustLeaveNeitherProcessesNorFiles() throws IOException {
        Process jvm = startJvm();
        Path data = Path.of(firstLine(jvm));
        List<ProcessHandle> processes = jvm.descendants().toList();
        assertThat(processes).contains(postmasterOf(data)).hasSizeGreaterThan(5);

        jvm.destroyForcibly();

        await("the processes have ended", () -> processes.stream().noneMatch(PostgresServerTest::isAlive));
        await("the files are gone", () -> Files.notExists(data.getParent()));
    }

    @Test
    void anEndingJvmMustLeaveNeitherProcessesNorFiles() throws Exception {
        Process jvm = startJvm();
        Path data = Path.of(firstLine(jvm));
        List<ProcessHandle> processes = jvm.descendants().toList();
        assertThat(processes).contains(postmasterOf(data));

        jvm.getOutputStream().close();
        assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(processes).noneMatch(PostgresServerTest::isAlive);
        assertThat(data.getParent()).doesNotExist();
    }

    private static Process startJvm() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Jvm.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String firstLine(Process jvm) throws IOException {
        return jvm.inputReader(StandardCharsets.UTF_8).readLine();
    }

    /** A JVM with a server that it does not close; it runs until its standard input ends. */
    static final class Jvm {
        public static void main(String[] arguments) throws IOException {
            System.out.println(dataOf(PostgresServer.start()));
            System.in.readAllBytes();
        }
    }

    private static Path dataOf(PostgresServer server) {
        return Path.of(server.query("postgres", "SHOW data_directory", String.class));
    }

    private static ProcessHandle postmasterOf(Path data) throws IOException {
        String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    private static String sharedMemoryOf(Path data) throws IOException {
        String segment = Files.readAllLines(data.resolve("postmaster.pid")).get(6);
        return segment.strip().split(" +")[1];
    }

    private static List<String> sharedMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc/sysvipc/shm")).stream()
                .map(line -> line.strip().split(" +")[1])
                .toList();
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** A zombie is not: who has adopted an orphan may take its time. */
    private static boolean isAlive(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }
}
