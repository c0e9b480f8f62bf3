// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real Prometheus with the files of deploy/prometheus, which scrapes one server every second. */
public final class PrometheusServer implements AutoCloseable {

    private static final Path FILES = Path.of(System.getProperty("serpentry.root"), "deploy", "prometheus");

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final Process process;
    private final Path log;

    private PrometheusServer(int port, Process process, Path log) {
        this.port = port;
        this.process = process;
        this.log = log;
    }

    /** Starts it in that directory, which is empty, and waits until it has scraped. */
    public static PrometheusServer scraping(RunningServer server, Path directory) throws IOException {
        String sample = Files.readString(FILES.resolve("prometheus.yml"));
        String target = server.uri("").getAuthority();
        String config = sample.replaceAll("targets: .*", "targets: [\"" + target + "\"]")
                .replace("username: prometheus", "username: admin")
                .replace("15s", "1s");
        Files.writeString(directory.resolve("prometheus.yml"), config);
        Files.writeString(directory.resolve("serpentry.password"), RunningServer.PASSWORD);
        Files.copy(FILES.resolve("alerts.yml"), directory.resolve("alerts.yml"));
        int port = freePort();
        Path log = directory.resolve("prometheus.log");
        Process process = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + directory.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        PrometheusServer prometheus = new PrometheusServer(port, process, log);
        try {
            Await.until("it has scraped the server", prometheus::hasScraped);
            return prometheus;
        } catch (AssertionError | RuntimeException e) {
            try (prometheus) {
                throw new AssertionError(Files.readString(log), e);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean hasScraped() {
        if (!process.isAlive()) {
            throw new AssertionError("Prometheus has ended with " + process.exitValue());
        }
        try {
            return send("/-/ready").statusCode() == 200 && results("serpentry_pool_workers") > 0;
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof ConnectException) {
                return false;
            }
            throw e;
        }
    }

    /** How many series the expression gives at this moment; fails if it is none. */
    public int results(String expression) {
        JsonObject answer = get("/api/v1/query?query=" + URLEncoder.encode(expression, UTF_8));
        if (!answer.getString("status").equals("success")) {
            throw new AssertionError(expression + ": " + answer);
        }
        return answer.getJsonObject("data").getJsonArray("result").size();
    }

    /** The rules that it has loaded, as its API shows them. */
    public JsonObject rules() {
        return get("/api/v1/rules").getJsonObject("data");
    }

    private JsonObject get(String path) {
        try (JsonReader reader = Json.createReader(new StringReader(send(path).body()))) {
            return reader.readObject();
        }
    }

    private HttpResponse<String> send(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .GET()
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        Await.until("Prometheus has ended, see " + log, () -> !process.isAlive());
    }
}
