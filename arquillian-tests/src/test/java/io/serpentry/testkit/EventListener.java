// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Somebody who listens to a server's events, as a browser does. */
public final class EventListener implements AutoCloseable {

    /** An event as it came. */
    public record Heard(long id, String type, JsonObject data) {}

    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private final Stream<String> lines;
    private final Thread reader;

    private long id;
    private String type = "";
    private String data = "";
    private volatile long seen;
    private volatile boolean ended;

    private EventListener(Stream<String> lines) {
        this.lines = lines;
        this.reader = new Thread(this::read, "events");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Begins to listen as admin; fails if that is refused.
     *
     * @param query behind {@code /events}
     * @param lastEventId null for none
     */
    public static EventListener on(RunningServer server, String query, Long lastEventId) {
        HttpResponse<Stream<String>> response = connect(server, query, lastEventId);
        if (response.statusCode() != 200) {
            throw new AssertionError("listening was answered with " + response.statusCode());
        }
        return new EventListener(response.body());
    }

    /** The status of an attempt that is refused, or 200, after which nobody listens. */
    public static int status(RunningServer server, String query, Long lastEventId) {
        HttpResponse<Stream<String>> response = connect(server, query, lastEventId);
        response.body().close();
        return response.statusCode();
    }

    private static HttpResponse<Stream<String>> connect(RunningServer server, String query, Long lastEventId) {
        HttpRequest.Builder request = server.request("/api/v1/events" + query).header("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId.toString());
        }
        try {
            return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofLines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void read() {
        try {
            lines.forEach(this::line);
        } catch (UncheckedIOException e) {
            // The server has died, or close was called.
            heard.add(new Heard(-1, "broken off: " + e.getMessage(), JsonObject.EMPTY_JSON_OBJECT));
        } finally {
            ended = true;
        }
    }

    private void line(String line) {
        if (line.startsWith("id:")) {
            id = Long.parseLong(line.substring(3).strip());
        } else if (line.startsWith("event:")) {
            type = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
            data += line.substring(5);
        } else if (line.isEmpty()) {
            if (!data.isEmpty()) {
                heard.add(new Heard(id, type, parsed(data)));
            }
            seen = id;
            type = "";
            data = "";
        }
    }

    private static JsonObject parsed(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }

    /** The events so far. */
    public List<Heard> heard() {
        return heard.stream().filter(event -> event.id() >= 0).toList();
    }

    /** Those of that type. */
    public List<Heard> heard(String wanted) {
        return heard().stream().filter(event -> event.type().equals(wanted)).toList();
    }

    /** What a browser would send as Last-Event-ID. */
    public long seen() {
        return seen;
    }

    /** Whether the server has ended the stream. */
    public boolean isEnded() {
        return ended;
    }

    @Override
    public void close() {
        lines.close();
        try {
            reader.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
