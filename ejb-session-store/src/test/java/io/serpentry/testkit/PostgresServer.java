// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL cluster of its own on 127.0.0.1, from the programs that the machine has. Any thread may call it; calls
 * that start or stop it wait for each other.
 *
 * <pre>
 *           stopFast, stopImmediately              close
 *  running ──────────────────────────▶ stopped ──────────▶ closed
 *     ▲                                   │
 *     └───────────── restart ─────────────┘
 * </pre>
 *
 * <p>It ends with this JVM: {@link #close()} is a shutdown hook too, and a JVM that is killed takes the cluster along within
 * moments. Its one user is a superuser and logs in with a password (scram). There is no unix socket.
 *
 * <p>Its settings are those of {@code postgresql.conf}, as {@code Map.of("fsync", "off", "log_statement", "all",
 * "max_prepared_transactions", "20")}. What is not given is as PostgreSQL has it (there on, none and 0), except that
 * {@code max_connections} is 200 and that log entries begin with time, {@code [process id]} and database.
 */
public final class PostgresServer implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final String USER = "serpentry";

    private static final Map<String, String> OWN_SETTINGS = Map.of(
            "max_connections", "200",
            "log_line_prefix", "%m [%p] %d ",
            "listen_addresses", "127.0.0.1",
            "unix_socket_directories", "",
            // In files of the cluster: a killed one would leave its part of /dev/shm behind.
            "dynamic_shared_memory_type", "mmap");

    private static final Map<String, String> SHARED_SETTINGS = Map.of(
            "fsync", "off",
            "synchronous_commit", "off",
            "full_page_writes", "off",
            "max_prepared_transactions", "100");

    private static PostgresServer shared;

    private final PostgresDirectory directory;
    private final int port = freePort();
    private final String password = Long.toHexString(new SecureRandom().nextLong());
    private final AtomicInteger databases = new AtomicInteger();
    private final Thread hook = new Thread(this::end, "end of PostgreSQL on port " + port);
    private volatile GuardedProcess postmaster;
    private boolean closed;
    private long mark;

    private PostgresServer(PostgresDirectory directory) {
        this.directory = directory;
    }

    /**
     * The one cluster that the tests of this JVM share, started by the first call and closed by the JVM's end. It does not sync
     * to disk ({@code fsync}, {@code synchronous_commit} and {@code full_page_writes} are off) and has room for 100 prepared
     * transactions. Work in a database of your own ({@link #createDatabase()}), and do not stop or close it.
     */
    public static synchronized PostgresServer shared() {
        if (shared == null) {
            shared = start(SHARED_SETTINGS);
        }
        return shared;
    }

    /** {@link #start(Map)} with no settings. */
    public static PostgresServer start() {
        return start(Map.of());
    }

    /**
     * Starts a new cluster in a temporary directory, which goes when it is closed, and waits until it takes connections.
     *
     * @param settings these win over ours, but for the port
     * @throws IllegalStateException if the machine has no PostgreSQL, if the server ends, or if it takes no connection for 60 s;
     *     with the last lines of the log
     */
    public static PostgresServer start(Map<String, String> settings) {
        try {
            return start(PostgresDirectory.inTemporaryFiles(), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a new cluster in that directory, which must be empty or missing and which stays. Otherwise as {@link #start(Map)}.
     *
     * @throws IllegalArgumentException if it is not empty; if the JVM runs as root, and a directory above is closed to others
     */
    public static PostgresServer start(Path directory, Map<String, String> settings) {
        try {
            return start(PostgresDirectory.at(directory), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PostgresServer start(PostgresDirectory directory, Map<String, String> settings) throws IOException {
        PostgresServer server = new PostgresServer(directory);
        Runtime.getRuntime().addShutdownHook(server.hook);
        try {
            server.startFirst(settings);
            return server;
        } catch (IOException | RuntimeException e) {
            try (server) {
                throw e;
            }
        }
    }

    private synchronized void startFirst(Map<String, String> settings) throws IOException {
        Map<String, String> all = new HashMap<>(OWN_SETTINGS);
        all.putAll(settings);
        all.put("port", Integer.toString(port));
        directory.initialize(USER, password, LIMIT);
        directory.configure(all);
        restart();
    }

    /** The JDBC URL of one of its databases, without user and password. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    public String user() {
        return USER;
    }

    public String password() {
        return password;
    }

    /** Connections to one of its databases, without a pool. */
    public DataSource dataSource(String database) {
        return source(database);
    }

    private PGSimpleDataSource source(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(database));
        source.setUser(USER);
        source.setPassword(password);
        return source;
    }

    /** Makes an empty database and returns its name, which no other in this cluster has had. */
    public String createDatabase() {
        String name = "test_" + databases.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name);
        return name;
    }

    /** Runs statements in a connection of their own, each committed by itself. Fails with the first that fails. */
    public void execute(String database, String... statements) {
        try (Connection connection = dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(database + ": " + e.getMessage(), e);
        }
    }

    /** The first column of a query's first row; null if it is SQL's null. Fails without a row. */
    public <T> T query(String database, String sql, Class<T> type) {
        try (Connection connection = dataSource(database).getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new IllegalStateException(database + ": no row for " + sql);
            }
            return rows.getObject(1, type);
        } catch (SQLException e) {
            throw new IllegalStateException(database + ": " + e.getMessage(), e);
        }
    }

    /** Whether its processes run; perhaps it does not take connections yet. */
    public boolean isRunning() {
        GuardedProcess current = postmaster;
        return current != null && current.isAlive();
    }

    /** Rolls back what is open, closes the connections, writes everything to disk, and waits for the end, 60 s at most. */
    public synchronized void stopFast() {
        stop(running -> running.signal("INT"));
    }

    /**
     * Kills all its processes (SIGKILL) and waits for their end. Connections break without a word, and nothing more is written
     * to disk: the next {@link #restart()} recovers from the log what was committed.
     */
    public synchronized void stopImmediately() {
        stop(GuardedProcess::kill);
    }

    private void stop(Ending ending) {
        if (!isRunning()) {
            return;
        }
        try {
            ending.begin(postmaster);
            if (!postmaster.hasEndedWithin(LIMIT)) {
                postmaster.kill();
                throw new IllegalStateException("PostgreSQL on port " + port + " was killed: it had not stopped in "
                        + LIMIT + ", or this thread was interrupted. " + directory.endOfLog());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Ending {
        void begin(GuardedProcess running) throws IOException;
    }

    /**
     * Starts it again, on the same port with the same data, and waits until it takes connections. If it runs, it is stopped as
     * by {@link #stopFast()} before.
     *
     * @throws IllegalStateException if it is closed; otherwise as {@link #start(Map)}
     */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException("PostgreSQL on port " + port + " is closed. Start a new one.");
        }
        stopFast();
        try {
            postmaster = directory.startPostmaster();
            awaitConnection();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitConnection() throws IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        SQLException refusal = refusal();
        while (refusal != null && isRunning() && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL_NANOS);
            refusal = refusal();
        }
        if (refusal != null) {
            String outcome = isRunning() ? "takes no connection after " + LIMIT : "ended";
            throw new IllegalStateException(
                    "PostgreSQL on port " + port + " " + outcome + ". " + directory.endOfLog(), refusal);
        }
    }

    private SQLException refusal() {
        PGSimpleDataSource source = source("postgres");
        source.setConnectTimeout(5);
        source.setSocketTimeout(5);
        try {
            source.getConnection().close();
            return null;
        } catch (SQLException e) {
            return e;
        }
    }

    /** The log since {@link #clearLog()}, or since the beginning. A statement is in it before its result arrives. */
    public synchronized List<String> logLines() {
        try {
            return directory.logLines(mark);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets {@link #logLines()} begin here; the file keeps everything. */
    public synchronized void clearLog() {
        try {
            mark = directory.logSize();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it as {@link #stopFast()} does, and removes a temporary directory. A second call does nothing. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, so the hook runs too; whichever comes second does nothing.
        }
        end();
    }

    private synchronized void end() {
        if (closed) {
            return;
        }
        closed = true;
        try (Closeable remains = directory::removeRemains) {
            stopFast();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Below 32768, from where Linux gives out ports by itself: a stopped cluster must find its own again. */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // Taken: another.
            }
        }
    }
}
