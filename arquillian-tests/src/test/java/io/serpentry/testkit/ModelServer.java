// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The language model of examples/dspy: answers by rule, and tells what it was asked. */
public final class ModelServer implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final String baseUrl;

    private ModelServer(Process process, String baseUrl) {
        this.process = process;
        this.baseUrl = baseUrl;
    }

    public static ModelServer start() throws IOException {
        Path script = Path.of(System.getProperty("serpentry.root"), "examples", "dspy", "lm_server.py");
        Process process = new ProcessBuilder(
                        System.getProperty("serpentry.python"), script.toString(), "--port", "0", "--while-stdin")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = process.inputReader(StandardCharsets.UTF_8).readLine();
        return new ModelServer(process, said.substring(said.indexOf("http")));
    }

    public String baseUrl() {
        return baseUrl;
    }

    /** What it was asked since it was last told to forget, as OpenAI's API has it. */
    public List<JsonObject> requests() {
        try (JsonReader reader = Json.createReader(new StringReader(send("GET", "/requests", "")))) {
            JsonArray all = reader.readArray();
            return all.getValuesAs(JsonObject.class);
        }
    }

    public void forget() {
        send("DELETE", "/requests", "");
    }

    /** What to answer next, each an object as examples/dspy/lm_server.py says. */
    public void answer(String json) {
        send("POST", "/control", "{\"answers\": [" + json + "]}");
    }

    private String send(String method, String path, String body) {
        URI uri = URI.create(baseUrl.replaceAll("/v1$", "") + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
