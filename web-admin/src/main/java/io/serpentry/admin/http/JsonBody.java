// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonException;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object that a request brings, of which nothing is overlooked: each member is known and of its type, or is
 * refused with INVALID_ARGUMENT, whose context's {@code field} names it. A member that is not given is null; one that is
 * given as null is of the wrong type.
 */
public final class JsonBody {

    private final JsonObject body;

    private JsonBody(JsonObject body) {
        this.body = body;
    }

    /** The object {@code value}, which has no other members than those. */
    public static JsonBody of(JsonValue value, String... members) {
        if (!(value instanceof JsonObject body)) {
            throw Refusal.badRequest("the body must be a JSON object, not " + kind(value));
        }
        List<String> known = List.of(members);
        for (String member : body.keySet()) {
            if (!known.contains(member)) {
                throw Refusal.field(
                        member, "'" + member + "' is not a member here; members are " + String.join(", ", known));
            }
        }
        return new JsonBody(body);
    }

    public @Nullable String text(String member) {
        JsonValue value = body.get(member);
        return value == null ? null : text(member, value);
    }

    /** An ISO 8601 duration; any, also a negative one. */
    public @Nullable Duration duration(String member) {
        String text = text(member);
        try {
            return text == null ? null : Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw Refusal.field(
                    member, "'" + member + "' must be an ISO 8601 duration such as PT5S, PT1M30S or PT0.5S");
        }
    }

    public @Nullable Long number(String member) {
        JsonValue value = body.get(member);
        return value == null ? null : number(member, value);
    }

    /** Whether it is given. */
    public boolean has(String member) {
        return body.containsKey(member);
    }

    /** The values of an array; none if it is not given. */
    public JsonArray array(String member) {
        JsonValue value = body.getOrDefault(member, JsonValue.EMPTY_JSON_ARRAY);
        if (value instanceof JsonArray array) {
            return array;
        }
        throw wrongType(member, "an array", value);
    }

    /** The members of an object; none if it is not given. */
    public Map<String, JsonValue> object(String member) {
        JsonValue value = body.getOrDefault(member, JsonValue.EMPTY_JSON_OBJECT);
        if (value instanceof JsonObject object) {
            return object;
        }
        throw wrongType(member, "an object", value);
    }

    /** A value that must be a string; {@code name} is what a refusal calls it. */
    public static String text(String name, JsonValue value) {
        if (value instanceof JsonString text) {
            return text.getString();
        }
        throw wrongType(name, "a string", value);
    }

    /** A value that must be a whole number of a long; {@code name} is what a refusal calls it. */
    public static long number(String name, JsonValue value) {
        if (!(value instanceof JsonNumber number)) {
            throw wrongType(name, "a whole number", value);
        }
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            throw Refusal.field(
                    name, "'" + name + "' must be a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
        }
    }

    private static PythonException wrongType(String name, String wanted, JsonValue value) {
        return Refusal.field(name, "'" + name + "' must be " + wanted + ", not " + kind(value));
    }

    private static String kind(JsonValue value) {
        return switch (value.getValueType()) {
            case OBJECT -> "an object";
            case ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case TRUE, FALSE -> "a boolean";
            case NULL -> "null";
        };
    }
}
