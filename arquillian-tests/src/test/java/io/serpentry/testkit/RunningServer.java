// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** A server started by {@code ./run}, as a user starts it, with the user admin. */
public final class RunningServer implements AutoCloseable {

    public static final String PASSWORD = "correct horse";
    private static final Path ROOT = Path.of(System.getProperty("serpentry.root"));
    private static final Duration START = Duration.ofSeconds(200);

    private final int offset;
    private final Path data;
    private final ProcessBuilder builder;
    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private volatile Process script;

    private RunningServer(int offset, Path data, ProcessBuilder builder) {
        this.offset = offset;
        this.data = data;
        this.builder = builder;
    }

    /** Starts a server and waits until it says that it is ready. */
    public static RunningServer start(int offset, String... moreArguments) throws IOException {
        return start(offset, Map.of(), moreArguments);
    }

    /** With more variables in its environment. */
    public static RunningServer start(int offset, Map<String, String> environment, String... moreArguments)
            throws IOException {
        RunningServer server = launch(offset, environment, moreArguments);
        server.awaitReady();
        return server;
    }

    /** Starts a server and does not wait for it. */
    public static RunningServer launch(int offset, Map<String, String> environment, String... moreArguments)
            throws IOException {
        Path data = Files.createTempDirectory("serpentry-it");
        List<String> command = new ArrayList<>(List.of(
                ROOT.resolve("run").toString(),
                "--no-build",
                "--offset",
                Integer.toString(offset),
                "--data",
                data.toString(),
                "--python",
                System.getProperty("serpentry.python"),
                "--modules",
                ROOT.resolve("examples/python")
                        + File.pathSeparator
                        + ROOT.resolve("resource-adapter/rar/src/test/python")));
        command.addAll(List.of(moreArguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SERPENTRY_ADMIN_PASSWORD", PASSWORD);
        builder.environment().putAll(environment);
        RunningServer server = new RunningServer(offset, data, builder);
        server.begin();
        return server;
    }

    private void begin() throws IOException {
        output.clear();
        script = builder.start();
        readOutput(script);
    }

    /** Waits until the server says that it is ready; closes it and fails if it does not. */
    public void awaitReady() {
        try {
            Await.until("the server is ready", START, () -> says("Serpentry is ready") || !isRunning());
            if (!says("Serpentry is ready")) {
                throw new AssertionError("the server did not start:\n" + output());
            }
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    /** Starts it again on the same data, by the same command, after it has ended; and waits until it is ready. */
    public void restart() throws IOException {
        begin();
        awaitReady();
    }

    private void readOutput(Process script) {
        Thread reader = new Thread(() -> {
            try (BufferedReader lines = script.inputReader(StandardCharsets.UTF_8)) {
                lines.lines().forEach(output::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        reader.setDaemon(true);
        reader.start();
    }

    /** Whether the script has printed that text. */
    public boolean says(String text) {
        return output.stream().anyMatch(line -> line.contains(text));
    }

    /** What the script has printed. */
    public String output() {
        return String.join("\n", output);
    }

    /** What the server has written to its log. */
    public List<String> log() throws IOException {
        return Files.readAllLines(base().resolve("log/server.log"));
    }

    public boolean isRunning() {
        return script.isAlive();
    }

    /** The process id of the server's Java process, which is the script's child. */
    public long pid() {
        return script.children()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    /** What the same command prints when it is given once more while this server runs. */
    public String secondRun() throws IOException {
        Process second = builder.start();
        return new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    public int managementPort() {
        return 9990 + offset;
    }

    /** The server's own base directory. */
    public Path base() {
        return data.resolve("server-" + offset);
    }

    public URI uri(String path) {
        return anyUri("/serpentry" + path);
    }

    /** Also of other applications than Serpentry. */
    public URI anyUri(String path) {
        return URI.create("http://localhost:" + (8080 + offset) + path);
    }

    /** A request as admin; complete it with a method and send it. */
    public HttpRequest.Builder request(String path) {
        String credentials = Base64.getEncoder().encodeToString(("admin:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Basic " + credentials);
    }

    public HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    public HttpResponse<String> get(String path) {
        return send(request(path).GET().build());
    }

    /** {@code POST /api/v1/call} with that JSON. */
    public HttpResponse<String> call(String json) {
        return send(request("/api/v1/call")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    /** Asks the script to stop the server, as Ctrl-C does, and waits for its end. */
    public void stop() {
        Processes.signal("TERM", script.pid());
        awaitEnd();
    }

    /** Kills the server without a warning, and waits for its end. */
    public void kill() {
        Processes.signal("KILL", pid());
        awaitEnd();
    }

    public void awaitEnd() {
        Await.until("the script has ended", START, () -> !script.isAlive());
    }

    /** Stops the server if it still runs, and removes its data. */
    @Override
    public void close() {
        if (script.isAlive()) {
            stop();
        }
        deleteData();
    }

    private void deleteData() {
        try (Stream<Path> paths = Files.walk(data)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
