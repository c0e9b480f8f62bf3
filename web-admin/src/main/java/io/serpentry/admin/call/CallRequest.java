// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /call}.
 *
 * @param pool {@code default} unless given
 * @param arguments by parameter name, numbers with every digit; none unless given
 * @param timeout null for the pool's own
 */
record CallRequest(
        String pool,
        String function,
        Map<String, JsonValue> arguments,
        @Nullable Duration timeout) {

    private static final Set<String> FIELDS = Set.of("pool", "function", "arguments", "timeout", "session");
    private static final int MAX_NAME = 255;
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofDays(24);

    /**
     * Reads a body, strictly.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if it is no object, a member is unknown, missing or of the
     *     wrong type, or {@code session} is given; the context's {@code field} names the member
     */
    static CallRequest of(JsonValue body) {
        if (!(body instanceof JsonObject object)) {
            throw Refusal.badRequest("the body must be a JSON object, not " + kind(body));
        }
        for (String field : object.keySet()) {
            if (!FIELDS.contains(field)) {
                throw Refusal.field(
                        field,
                        "'" + field + "' is not a member of a call; members are pool, function, "
                                + "arguments, timeout");
            }
        }
        if (object.containsKey("session")) {
            throw Refusal.field("session", "sessions are not served by this version; leave 'session' out");
        }
        return new CallRequest(
                object.containsKey("pool") ? name(object, "pool") : "default",
                name(object, "function"),
                arguments(object),
                timeout(object));
    }

    private static String name(JsonObject body, String field) {
        if (!body.containsKey(field)) {
            throw Refusal.field(field, "'" + field + "' is missing");
        }
        String name = string(body, field);
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw Refusal.field(field, "'" + field + "' must have 1 to " + MAX_NAME + " characters");
        }
        return name;
    }

    private static Map<String, JsonValue> arguments(JsonObject body) {
        JsonValue value = body.getOrDefault("arguments", JsonValue.EMPTY_JSON_OBJECT);
        if (value instanceof JsonObject arguments) {
            return arguments;
        }
        throw wrongType("arguments", "an object: parameter name to value", value);
    }

    private static @Nullable Duration timeout(JsonObject body) {
        if (!body.containsKey("timeout")) {
            return null;
        }
        Duration timeout = duration(string(body, "timeout"));
        if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw Refusal.field("timeout", "'timeout' must be from 1 millisecond (PT0.001S) to 24 days (P24D)");
        }
        return timeout;
    }

    private static Duration duration(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw Refusal.field("timeout", "'timeout' must be an ISO 8601 duration such as PT5S, PT1M30S or PT0.5S");
        }
    }

    private static String string(JsonObject body, String field) {
        JsonValue value = body.get(field);
        if (value instanceof JsonString string) {
            return string.getString();
        }
        throw wrongType(field, "a string", value);
    }

    private static PythonException wrongType(String field, String wanted, @Nullable JsonValue value) {
        return Refusal.field(field, "'" + field + "' must be " + wanted + ", not " + kind(value));
    }

    private static String kind(@Nullable JsonValue value) {
        if (value == null) {
            return "null";
        }
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
