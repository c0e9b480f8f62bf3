// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes what is posted to it; fails as often as it is told to. */
public final class WebhookServer implements AutoCloseable {

    /** What came: the value of the header Authorization, the document, and whether it was told that all is well. */
    public record Post(String authorization, JsonObject document, boolean taken) {}

    private final HttpServer http;
    private final List<Post> posts = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile String failing = "";

    private WebhookServer(HttpServer http) {
        this.http = http;
    }

    public static WebhookServer start() throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        WebhookServer server = new WebhookServer(http);
        http.createContext("/hook", server::serve);
        http.start();
        return server;
    }

    private void serve(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        boolean taken;
        try (JsonReader reader = Json.createReader(new StringReader(body))) {
            JsonObject document = reader.readObject();
            taken = takes(document);
            posts.add(new Post(exchange.getRequestHeaders().getFirst("Authorization"), document, taken));
        }
        exchange.sendResponseHeaders(taken ? 204 : 503, -1);
        exchange.close();
    }

    public String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/hook";
    }

    /** The next so many posts that such an alert was raised are answered with 503. */
    public void fail(int times, String rule) {
        failing = rule;
        failures.set(times);
    }

    private boolean takes(JsonObject document) {
        return !document.getString("type").equals("alert.raised")
                || !document.getString("rule").equals(failing)
                || failures.getAndUpdate(left -> Math.max(0, left - 1)) == 0;
    }

    /** All that came, those that were answered with 503 too. */
    public List<Post> posts() {
        return List.copyOf(posts);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
