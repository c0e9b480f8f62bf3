// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.internal.wire.Frame;
import io.serpentry.connector.internal.wire.FrameType;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's side of a fork server: its process, its directory, its control socket. It is made ready or not at
 * all.
 */
final class ZygoteProcess {

    private static final int CONTROL_MESSAGE_LIMIT = 16 * 1024 * 1024;
    private static final int LOG_BYTES_PER_SECOND = 1024 * 1024;
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    private final Process process;
    private final Path directory;
    private final String nonce;
    private final int generation;
    private final FrameConnection control;
    private final ControlMessage ready;

    private ZygoteProcess(
            Process process,
            Path directory,
            String nonce,
            int generation,
            FrameConnection control,
            ControlMessage ready) {
        this.process = process;
        this.directory = directory;
        this.nonce = nonce;
        this.generation = generation;
        this.control = control;
        this.ready = ready;
    }

    /**
     * Starts the process and waits until it has preloaded and reports itself ready.
     *
     * @param sweep nonces of zygotes that died, whose remains are killed
     * @throws StartFailedException if it does not come so far within the pool's {@code startTimeout}; nothing is left of it
     */
    static ZygoteProcess start(
            PoolSettings settings, int generation, Collection<String> sweep, Surroundings surroundings)
            throws StartFailedException {
        Path directory;
        try {
            directory = surroundings.directory().newZygoteDirectory();
        } catch (IOException e) {
            throw failed(settings, null, null, false, e);
        }
        try {
            return start(settings, generation, sweep, surroundings, directory);
        } catch (StartFailedException e) {
            RuntimeDirectory.delete(directory);
            throw e;
        }
    }

    private static ZygoteProcess start(
            PoolSettings settings, int generation, Collection<String> sweep, Surroundings surroundings, Path directory)
            throws StartFailedException {
        String nonce = newNonce();
        Process process = null;
        OutputTail output = null;
        AtomicBoolean timedOut = new AtomicBoolean();
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path socket = directory.resolve("control.sock");
            listener.bind(UnixDomainSocketAddress.of(socket));
            Path config = Files.writeString(
                    directory.resolve("zygote.json"), config(settings, generation, nonce, directory, sweep));
            Process started = launch(settings, surroundings.directory().pythonPath(), config, nonce);
            process = started;
            output = new OutputTail(settings.name() + " fork server", process.getInputStream());
            surroundings.threads().execute(output);
            CompletableFuture<Void> unused = started.onExit().thenRun(() -> closeQuietly(listener));
            Deadlines deadlines = surroundings.deadlines();
            Runnable cancel =
                    deadlines.at(deadlines.now() + settings.startTimeout().toNanos(), () -> {
                        timedOut.set(true);
                        started.destroyForcibly();
                    });
            try {
                return greet(started, listener.accept(), directory, nonce, generation);
            } finally {
                cancel.run();
            }
        } catch (IOException e) {
            throw failed(settings, process, output, timedOut.get(), e);
        }
    }

    private static ZygoteProcess greet(
            Process process, SocketChannel channel, Path directory, String nonce, int generation)
            throws IOException, StartFailedException {
        FrameConnection control = new FrameConnection(channel, CONTROL_MESSAGE_LIMIT);
        try {
            ControlMessage first = firstReport(control);
            if (!nonce.equals(first.text("nonce"))) {
                throw new IOException("something else connected to its control socket");
            }
            return new ZygoteProcess(process, directory, nonce, generation, control, first);
        } catch (IOException | StartFailedException e) {
            control.closeQuietly();
            throw e;
        }
    }

    private static ControlMessage firstReport(FrameConnection control) throws IOException, StartFailedException {
        while (true) {
            Frame frame = control.receive();
            if (frame.type() == FrameType.LOG) {
                continue;
            }
            ControlMessage report = ControlMessage.of(frame);
            switch (report.text("report", "")) {
                case "ready" -> {
                    return report;
                }
                case "failed" ->
                    throw new StartFailedException(
                            report.text("type", "") + ": " + report.text("message", ""),
                            "",
                            report.trace("traceback"),
                            null);
                default -> throw new EOFException("it sent " + frame.text() + " instead of its readiness");
            }
        }
    }

    private static Process launch(PoolSettings settings, Path pythonPath, Path config, String nonce)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(settings.python(), "-m", "serpentry", "zygote", config.toString());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("SERPENTRY_"));
        environment.putAll(settings.environment());
        environment.merge("PYTHONPATH", pythonPath.toString(), (user, ours) -> ours + File.pathSeparator + user);
        environment.put("SERPENTRY_ZYGOTE", nonce);
        environment.put("PYTHONUNBUFFERED", "1");
        return builder.redirectErrorStream(true).start();
    }

    private static String config(
            PoolSettings settings, int generation, String nonce, Path directory, Collection<String> sweep) {
        return Json.createObjectBuilder()
                .add("protocol", 1)
                .add("pool", settings.name())
                .add("generation", generation)
                .add("nonce", nonce)
                .add("control", directory.resolve("control.sock").toString())
                .add("directory", directory.toString())
                .add("workingDirectory", Path.of("").toAbsolutePath().toString())
                .add(
                        "modulePath",
                        array(settings.modulePath().stream()
                                .map(path -> path.toAbsolutePath().toString())
                                .toList()))
                .add("modules", array(settings.modules()))
                .add("preload", array(settings.preload()))
                .add("start", settings.start().name().toLowerCase(Locale.ROOT))
                .add("threadsPerWorker", settings.threadsPerWorker())
                .add("maxMessageSize", settings.maxMessageSize())
                .add("serverPid", ProcessHandle.current().pid())
                .add("logBytesPerSecond", LOG_BYTES_PER_SECOND)
                .add("sweep", array(sweep))
                .build()
                .toString();
    }

    private static JsonArrayBuilder array(Collection<String> texts) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        texts.forEach(array::add);
        return array;
    }

    /** A fresh number nobody can guess. */
    static String newNonce() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private static StartFailedException failed(
            PoolSettings settings,
            @Nullable Process process,
            @Nullable OutputTail output,
            boolean timedOut,
            IOException cause) {
        if (process == null || output == null) {
            return new StartFailedException(
                    "the interpreter '" + settings.python() + "' of pool " + settings.name() + " could not be started: "
                            + cause.getMessage(),
                    "",
                    null,
                    cause);
        }
        boolean dead = awaitExit(process, LAST_WORDS);
        process.destroyForcibly();
        awaitExit(process, LAST_WORDS);
        String what = dead && !timedOut
                ? "ended with status " + process.exitValue() + " before it was ready"
                : "was not ready within its startTimeout of "
                        + settings.startTimeout().toMillis() + " ms and was killed; it was preloading "
                        + (settings.preload().isEmpty() ? "nothing" : String.join(", ", settings.preload()));
        return new StartFailedException(
                "the fork server of pool " + settings.name() + " (" + settings.python() + ") " + what,
                output.text(),
                null,
                cause);
    }

    private static void closeQuietly(ServerSocketChannel listener) {
        try {
            listener.close();
        } catch (IOException e) {
            WorkerLog.LOG.debug("closing a control socket", e);
        }
    }

    // ---- a zygote that is ready

    long pid() {
        return process.pid();
    }

    int generation() {
        return generation;
    }

    String nonce() {
        return nonce;
    }

    Path directory() {
        return directory;
    }

    FrameConnection control() {
        return control;
    }

    String python() {
        return ready.text("python", "?");
    }

    /** {@code fork} or {@code spawn}. */
    String start() {
        return ready.text("start", "fork");
    }

    @Nullable
    String startReason() {
        return ready.text("startReason");
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Waits for its end at most that long, then kills it, and removes its directory; says how it ended. */
    String awaitEnd(Duration limit) {
        if (!awaitExit(process, limit)) {
            process.destroyForcibly();
            if (!awaitExit(process, limit)) {
                return "process " + process.pid() + " does not end";
            }
        }
        // It does so itself, unless it was killed.
        RuntimeDirectory.delete(directory);
        int status = process.exitValue();
        return status > 128 ? "process killed by signal " + (status - 128) : "process ended with status " + status;
    }

    private static boolean awaitExit(Process process, Duration limit) {
        return Uninterruptibly.get(process.onExit(), limit) != null;
    }
}
