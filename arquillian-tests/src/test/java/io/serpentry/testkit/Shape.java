// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static java.util.stream.Collectors.joining;

import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.regex.Pattern;

/** The names and types in a JSON document, as text: {@code {id: string, pid: integer, startedAt: instant}}. */
public final class Shape {

    private static final Pattern RFC_3339 =
            Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?Z");

    private Shape() {}

    public static String of(JsonValue value) {
        return switch (value.getValueType()) {
            case OBJECT ->
                value.asJsonObject().entrySet().stream()
                        .map(member -> member.getKey() + ": " + of(member.getValue()))
                        .collect(joining(", ", "{", "}"));
            case ARRAY -> value.asJsonArray().stream().map(Shape::of).distinct().collect(joining(" | ", "[", "]"));
            case STRING -> RFC_3339.matcher(((JsonString) value).getString()).matches() ? "instant" : "string";
            case NUMBER -> ((JsonNumber) value).isIntegral() ? "integer" : "number";
            case TRUE, FALSE -> "boolean";
            case NULL -> "null";
        };
    }
}
