// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import jakarta.json.Json;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import java.io.StringReader;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The stored form of a session's metadata: a JSON object of strings. */
final class Metadata {

    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());
    private static final JsonBuilderFactory BUILDERS = Json.createBuilderFactory(Map.of());

    private Metadata() {}

    static String text(Map<String, String> metadata) {
        if (metadata.isEmpty()) {
            return "{}";
        }
        JsonObjectBuilder object = BUILDERS.createObjectBuilder();
        new TreeMap<>(metadata).forEach(object::add);
        return object.build().toString();
    }

    static Map<String, String> parsed(String text) {
        if (text.equals("{}")) {
            return Map.of();
        }
        try (JsonReader reader = READERS.createReader(new StringReader(text))) {
            JsonObject object = reader.readObject();
            return object.keySet().stream().collect(Collectors.toUnmodifiableMap(key -> key, object::getString));
        }
    }

    /** What a text search looks at: none of the parts holds the line ends between them. */
    static String search(String id, String owner, Map<String, String> metadata) {
        return Stream.concat(Stream.of(id, owner), new TreeMap<>(metadata).values().stream())
                .collect(Collectors.joining("\n"))
                .toLowerCase(Locale.ROOT);
    }
}
