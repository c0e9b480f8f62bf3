// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import io.serpentry.admin.http.JsonBody;
import io.serpentry.admin.problem.Refusal;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.Map;
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
        if (body instanceof JsonObject object && object.containsKey("session")) {
            throw Refusal.field("session", "'session' is not served by this version; leave it out");
        }
        JsonBody call = JsonBody.of(body, "pool", "function", "arguments", "timeout");
        String pool = name(call, "pool");
        String function = name(call, "function");
        if (function == null) {
            throw Refusal.field("function", "'function' is missing");
        }
        return new CallRequest(pool == null ? "default" : pool, function, call.object("arguments"), timeout(call));
    }

    private static @Nullable String name(JsonBody call, String field) {
        String name = call.text(field);
        if (name != null && (name.isEmpty() || name.length() > MAX_NAME)) {
            throw Refusal.field(field, "'" + field + "' must have 1 to " + MAX_NAME + " characters");
        }
        return name;
    }

    private static @Nullable Duration timeout(JsonBody call) {
        Duration timeout = call.duration("timeout");
        if (timeout != null && (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0)) {
            throw Refusal.field("timeout", "'timeout' must be from 1 millisecond (PT0.001S) to 24 days (P24D)");
        }
        return timeout;
    }
}
