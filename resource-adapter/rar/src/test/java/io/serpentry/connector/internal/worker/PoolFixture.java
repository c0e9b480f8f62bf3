// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.internal.wire.Frame;
import io.serpentry.connector.internal.wire.FrameType;
import io.serpentry.connector.internal.wire.ValueMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A pool of real Python processes outside a container; everything it made is gone after each test. */
public final class PoolFixture implements AfterEachCallback {

    /** Longer than anything takes that does not hang. */
    static final Duration LONG = Duration.ofSeconds(20);

    private static final Path ROOT = Path.of(System.getProperty("serpentry.root"));

    private final List<WorkerPool> pools = new ArrayList<>();
    private final List<Path> temporary = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Timer timer = new Timer(true);
    private final ValueMapper mapper = new ValueMapper();
    private final PoolListeners listeners = new PoolListeners();
    private RuntimeDirectory directory;

    /** Changes one or more of the usual settings. */
    public static final class Settings {
        String python = System.getProperty("serpentry.python");
        List<Path> modulePath = List.of(ROOT.resolve("resource-adapter/rar/src/test/python"));
        List<String> modules = List.of("probe");
        List<String> preload = List.of();
        Map<String, String> environment = Map.of();
        int threads = 1;
        Duration startTimeout = Duration.ofSeconds(20);
        int maxMessageSize = 16 * 1024 * 1024;
        int spareWorkers = 1;
        long maxCalls = 0;
        Duration maxAge = null;
        long maxMemory = 0;
        PoolSettings.StartMethod start = PoolSettings.StartMethod.FORK;

        PoolSettings build() {
            return new PoolSettings(
                    "test",
                    python,
                    modulePath,
                    modules,
                    preload,
                    environment,
                    threads,
                    startTimeout,
                    Duration.ofSeconds(60),
                    Duration.ofMillis(300),
                    Duration.ofMillis(700),
                    Duration.ofSeconds(2),
                    spareWorkers,
                    maxCalls,
                    maxAge,
                    maxMemory,
                    maxMessageSize,
                    start);
        }
    }

    public WorkerPool pool() throws IOException {
        return pool(new Settings());
    }

    public WorkerPool pool(Settings settings) throws IOException {
        if (directory == null) {
            directory = RuntimeDirectory.create(temporaryDirectory());
        }
        Surroundings surroundings = new Surroundings(directory, threads, new Deadlines(timer));
        WorkerPool pool = new WorkerPool(settings.build(), () -> surroundings, InstantSource.system(), listeners);
        pools.add(pool);
        return pool;
    }

    /** Who hears what happens in the pools. */
    PoolListeners listeners() {
        return listeners;
    }

    /** The directories of zygotes, as they are now. */
    List<Path> zygoteDirectories() throws IOException {
        try (var all = Files.list(directory.pythonPath().getParent())) {
            return all.filter(path -> path.getFileName().toString().startsWith("p"))
                    .filter(path -> !path.equals(directory.pythonPath()))
                    .toList();
        }
    }

    public Path temporaryDirectory() throws IOException {
        Path made = Files.createTempDirectory("sp");
        temporary.add(made);
        return made;
    }

    /** Opens a channel and takes it, as the container does. */
    public static WorkerChannel taken(WorkerPool pool) {
        WorkerChannel channel = pool.open();
        if (!channel.tryTake()) {
            throw new IllegalStateException("a fresh channel is not idle");
        }
        return channel;
    }

    /** Calls with names and values in turn and gives the result. */
    public Object call(WorkerChannel channel, String function, Object... arguments) {
        return callWithin(Duration.ofSeconds(30), channel, function, arguments);
    }

    public Object callWithin(Duration timeout, WorkerChannel channel, String function, Object... arguments) {
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            named.put((String) arguments[i], arguments[i + 1]);
        }
        try {
            Frame request = mapper.call(channel.nextRequestId(), function, named, timeout.toMillis(), Map.of());
            Frame answer = channel.call(function, request, timeout, question -> {
                throw new AssertionError("nothing is asked in this test");
            });
            if (answer.type() == FrameType.ERROR) {
                throw CallErrors.answered(function, channel.worker(), answer);
            }
            return mapper.result(answer, Object.class);
        } catch (ValueMapper.MappingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** A call that sleeps for a minute; it runs when this returns. */
    public Background<Object> sleepingCall(WorkerChannel channel) throws IOException {
        Path running = temporaryDirectory().resolve("running");
        Background<Object> call =
                Background.of(() -> call(channel, "probe.sleep_and_touch", "path", running.toString(), "seconds", 60));
        Await.until("the call runs", () -> Files.exists(running));
        return call;
    }

    /** The exception that the action throws. */
    public static PythonException failure(Runnable action) {
        try {
            action.run();
        } catch (PythonException e) {
            return e;
        }
        throw new AssertionError("no exception");
    }

    public static boolean is(PythonException failure, ErrorCode code) {
        return failure.code() == code;
    }

    /** Waits until a process with that id is gone or a zombie; fails after ten seconds. */
    public static void awaitGone(long pid) {
        Await.until("process " + pid + " is gone", () -> !isAlive(pid));
    }

    /** Whether a process of that id runs; a zombie does not. */
    public static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    public static boolean isZombie(long pid) {
        return Files.exists(Path.of("/proc/" + pid)) && !isAlive(pid);
    }

    public static void signal(String name, long pid) throws IOException {
        try {
            int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("kill -" + name + " " + pid + " ended with " + status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Collections.reverse(pools);
        pools.forEach(WorkerPool::close);
        pools.clear();
        if (directory != null) {
            directory.delete();
            directory = null;
        }
        for (Path path : temporary) {
            deleteTree(path);
        }
        temporary.clear();
    }

    private static void deleteTree(Path root) throws IOException {
        try (var paths = Files.walk(root)) {
            Path[] all = paths.toArray(Path[]::new);
            Arrays.sort(all, Collections.reverseOrder());
            for (Path path : all) {
                Files.deleteIfExists(path);
            }
        }
    }
}
