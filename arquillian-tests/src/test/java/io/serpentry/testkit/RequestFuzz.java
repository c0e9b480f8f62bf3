// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;

/** Makes requests to the operations of an OpenAPI document, right and wrong in every part. The same seed makes the same requests. */
public final class RequestFuzz {

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "0",
            "-1",
            "1",
            "501",
            "99999999999999999999",
            "1e309",
            "NaN",
            "true",
            "null",
            "a",
            "default",
            "hello.greet",
            "s-1",
            "claim:17",
            "..",
            ".",
            "../../etc/passwd",
            "a/b",
            "a\\b",
            "a;b=c",
            "a\u0000b",
            "a\r\nX-Injected: 1",
            "é",
            "😀",
            "\uFFFF",
            "\u202E",
            "%",
            "%zz",
            "%2e%2e",
            "'; drop table serpentry_session; --",
            "${jndi:ldap://localhost/a}",
            "<script>alert(1)</script>",
            "kind:durable",
            "state:active,owner:",
            "owner:a,owner:b",
            "2026-01-02T03:04:05Z",
            "-1000000000-01-01T00:00:00Z",
            "PT-5S",
            "YWZ0ZXI6",
            "x".repeat(300),
            "y".repeat(5000));
    private static final List<String> MEDIA_TYPES = List.of(
            "application/json",
            "application/json; charset=utf-8",
            "application/json;charset=utf-16",
            "application/x-ndjson",
            "text/plain",
            "application/problem+json",
            "*/*",
            "application/*",
            "application/xml",
            "nonsense",
            "a/b/c",
            "text/html;q=abc",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "application/octet-stream",
            ";",
            "application/json;q=0");
    private static final List<String> HEADERS = List.of(
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
            "Origin",
            "traceparent",
            "Range",
            "Accept-Encoding",
            "Content-Encoding",
            "Accept-Language",
            "Accept-Charset",
            "X-HTTP-Method-Override",
            "X-Forwarded-For",
            "Cookie",
            "If-Modified-Since",
            "Forwarded");
    private static final List<String> HEADER_VALUES = List.of(
            "",
            "*",
            "\"1\"",
            "1",
            "W/\"1\"",
            "\"a\", \"b\"",
            "null",
            "http://localhost",
            "00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01",
            "bytes=0-1",
            "gzip",
            "utf-16",
            "DELETE",
            "127.0.0.1",
            "JSESSIONID=x",
            "k1",
            "z".repeat(200),
            "q".repeat(20_000));
    private static final List<String> METHODS =
            List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "FOO");

    private final Random random;
    private final List<Operation> operations = new ArrayList<>();

    /**
     * A request.
     *
     * @param headers names and values in turn
     * @param body null for none
     */
    public record Request(String method, String path, List<String> headers, byte[] body) {

        @Override
        public String toString() {
            String text = body == null ? "no body" : new String(body, StandardCharsets.ISO_8859_1);
            String all = method + " " + path + " " + headers + " " + text;
            return all.length() > 2000 ? all.substring(0, 2000) + "… (" + all.length() + ")" : all;
        }
    }

    private record Operation(String method, String path, List<String> parameters, String type, JsonValue example) {

        static Operation of(String method, String path, JsonObject operation) {
            List<String> parameters =
                    operation.getOrDefault("parameters", JsonValue.EMPTY_JSON_ARRAY).asJsonArray().stream()
                            .map(JsonValue::asJsonObject)
                            .filter(parameter -> parameter.getString("in").equals("query"))
                            .map(parameter -> parameter.getString("name"))
                            .toList();
            JsonObject content = operation
                    .getOrDefault("requestBody", JsonValue.EMPTY_JSON_OBJECT)
                    .asJsonObject()
                    .getOrDefault("content", JsonValue.EMPTY_JSON_OBJECT)
                    .asJsonObject();
            return content.entrySet().stream()
                    .findFirst()
                    .map(type -> new Operation(
                            method,
                            path,
                            parameters,
                            type.getKey(),
                            type.getValue().asJsonObject().get("example")))
                    .orElse(new Operation(method, path, parameters, "application/json", null));
        }
    }

    public RequestFuzz(JsonObject openApi, long seed) {
        random = new Random(seed);
        openApi.getJsonObject("paths").forEach((path, item) -> {
            for (Map.Entry<String, JsonValue> operation : item.asJsonObject().entrySet()) {
                operations.add(Operation.of(
                        operation.getKey().toUpperCase(Locale.ROOT),
                        path,
                        operation.getValue().asJsonObject()));
            }
        });
    }

    private boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    private <T> T any(List<T> items) {
        return items.get(random.nextInt(items.size()));
    }

    /** The next one; operations take turns. */
    public Request request(int number) {
        Operation operation = operations.get(number % operations.size());
        String method = once(8) ? any(METHODS) : operation.method();
        List<String> headers = new ArrayList<>();
        boolean hasBody = operation.example() != null || once(10);
        if (hasBody && !once(12)) {
            headers.addAll(List.of("Content-Type", once(6) ? any(MEDIA_TYPES) : operation.type()));
        }
        if (once(5)) {
            headers.addAll(List.of("Accept", any(MEDIA_TYPES)));
        }
        for (int i = random.nextInt(8) - 5; i > 0; i--) {
            headers.addAll(List.of(any(HEADERS), any(HEADER_VALUES)));
        }
        return new Request(method, path(operation) + query(operation), headers, hasBody ? body(operation) : null);
    }

    private String path(Operation operation) {
        StringBuilder path = new StringBuilder();
        for (String segment : operation.path().substring(1).split("/")) {
            path.append('/').append(segment.startsWith("{") || once(60) ? encoded(any(TEXTS)) : segment);
        }
        return once(40) ? path + "/" : once(60) ? path + ";a=b" : path.toString();
    }

    private String query(Operation operation) {
        List<String> parts = new ArrayList<>();
        for (String parameter : operation.parameters()) {
            for (int i = random.nextInt(5) - 2; i > 0; i--) {
                parts.add(parameter + "=" + encoded(any(TEXTS)));
            }
        }
        if (once(15)) {
            parts.add(encoded(any(TEXTS)) + (once(2) ? "" : "=" + encoded(any(TEXTS))));
        }
        return parts.isEmpty() ? "" : "?" + String.join("&", parts);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private byte[] body(Operation operation) {
        String right = operation.example() == null ? "{\"a\": 1}" : text(operation.example());
        return switch (random.nextInt(14)) {
            case 0 -> new byte[0];
            case 1 -> right.substring(0, random.nextInt(right.length() + 1)).getBytes(UTF_8);
            case 2 -> mutated(right.getBytes(UTF_8));
            case 3 -> right.getBytes(StandardCharsets.UTF_16);
            case 4 -> ("[".repeat(20_000) + "]".repeat(20_000)).getBytes(UTF_8);
            case 5 -> right.replaceFirst("\"[^\"]*\"", "\"\\\\ud800\"").getBytes(UTF_8);
            case 6 ->
                right.replaceAll(
                                ": ?\"[^\"]*\"",
                                ":" + any(List.of("1", "null", "[]", "{}", "1e999999999", "-0.0", "true")))
                        .getBytes(UTF_8);
            case 7 -> right.replaceFirst("}\\s*$", ",\"unknown\":1}").getBytes(UTF_8);
            case 8 ->
                right.replaceAll(": ?\"[^\"]*\"", Matcher.quoteReplacement(":" + quoted(any(TEXTS))))
                        .getBytes(UTF_8);
            case 9 ->
                random.ints(random.nextInt(400))
                        .collect(StringBuilder::new, (s, i) -> s.append((char) (i & 0xff)), StringBuilder::append)
                        .toString()
                        .getBytes(StandardCharsets.ISO_8859_1);
            case 10 -> (right + right).getBytes(UTF_8);
            default -> right.getBytes(UTF_8);
        };
    }

    private static String quoted(String text) {
        return Json.createValue(text).toString();
    }

    private static String text(JsonValue example) {
        return example instanceof JsonString string ? string.getString() : example.toString();
    }

    private byte[] mutated(byte[] right) {
        byte[] bytes = right.clone();
        for (int i = 0; i < 3 && bytes.length > 0; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }
}
