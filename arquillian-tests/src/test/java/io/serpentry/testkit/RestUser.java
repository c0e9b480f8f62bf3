// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** What somebody sends to a server's REST interface. */
public final class RestUser {

    private static final String CALL = "/api/v1/call";

    private final RunningServer server;
    private final List<String> headers;
    private final boolean http1;

    private RestUser(RunningServer server, List<String> headers, boolean http1) {
        this.server = server;
        this.headers = headers;
        this.http1 = http1;
    }

    public static RestUser admin(RunningServer server) {
        return named(server, "admin", RunningServer.PASSWORD);
    }

    /** Somebody who does not say who he is. */
    public static RestUser anonymous(RunningServer server) {
        return new RestUser(server, List.of(), false);
    }

    /** Somebody who says that, whether the server knows him or not. */
    public static RestUser named(RunningServer server, String name, String password) {
        String credentials = Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
        return anonymous(server).with("Authorization", "Basic " + credentials);
    }

    /** A user that the server has from now on, with those roles; it reads its files anew when they change. */
    public static RestUser added(RunningServer server, String name, String... roles) {
        String password = "secret of " + name;
        append(server, "application-roles.properties", name + "=" + String.join(",", roles));
        append(server, "application-users.properties", name + "=" + digest(name, password));
        return named(server, name, password);
    }

    private static void append(RunningServer server, String file, String line) {
        Path path = server.base().resolve("configuration").resolve(file);
        try {
            if (!Files.readAllLines(path).contains(line)) {
                Files.writeString(path, line + "\n", StandardOpenOption.APPEND);
                // WildFly overlooks a change that seems no younger than its last look, and file times are some ms
                // behind.
                Files.setLastModifiedTime(path, FileTime.from(Instant.now().plusSeconds(1)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(String name, String password) {
        try {
            byte[] text = (name + ":ApplicationRealm:" + password).getBytes(UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The same by HTTP/1.1, where a request that can not be read ends no other's connection. */
    public RestUser overHttp1() {
        return new RestUser(server, headers, true);
    }

    /** The same with one more header. */
    public RestUser with(String header, String value) {
        List<String> more = new ArrayList<>(headers);
        more.addAll(List.of(header, value));
        return new RestUser(server, List.copyOf(more), http1);
    }

    public RestAnswer get(String path) {
        return send("GET", path, BodyPublishers.noBody());
    }

    /** {@code POST /call} with that body as JSON. */
    public RestAnswer call(String json) {
        return call(BodyPublishers.ofString(json));
    }

    public RestAnswer call(BodyPublisher json) {
        return with("Content-Type", "application/json").send("POST", CALL, json);
    }

    public RestAnswer delete(String path) {
        return send("DELETE", path, BodyPublishers.noBody());
    }

    /** That body as JSON. */
    public RestAnswer post(String path, String json) {
        return with("Content-Type", "application/json").send("POST", path, BodyPublishers.ofString(json));
    }

    public RestAnswer patch(String path, String json) {
        return with("Content-Type", "application/json").send("PATCH", path, BodyPublishers.ofString(json));
    }

    public RestAnswer send(String method, String path, BodyPublisher body) {
        return send(method, server.uri(path), body);
    }

    /** Also to other applications on that server. */
    public RestAnswer send(String method, URI uri, BodyPublisher body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).method(method, body);
        if (http1) {
            request.version(HttpClient.Version.HTTP_1_1);
        }
        for (int i = 0; i < headers.size(); i += 2) {
            request.header(headers.get(i), headers.get(i + 1));
        }
        return RestAnswer.of(server.send(request.build()));
    }
}
