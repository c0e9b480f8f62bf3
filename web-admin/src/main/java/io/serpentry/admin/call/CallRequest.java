// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import io.serpentry.admin.http.JsonBody;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.session.Invocation;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /call}.
 *
 * @param pool {@code default} unless given
 * @param session null for a temporary one of the call's own
 * @param arguments by parameter name, numbers with every digit; none unless given
 * @param timeout null for the pool's own
 */
record CallRequest(
        String pool,
        String function,
        @Nullable String session,
        Map<String, JsonValue> arguments,
        @Nullable Duration timeout) {

    private static final int MAX_NAME = 255;
    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
    private static final Duration MAX_TIMEOUT = Duration.ofDays(24);

    /**
     * Reads a body, strictly.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if it is no object, a member is unknown, missing or of the
     *     wrong type; the context's {@code field} names the member
     */
    static CallRequest of(JsonValue body) {
        JsonBody call = JsonBody.of(body, "pool", "function", "session", "arguments", "timeout");
        String pool = name(call, "pool");
        String function = name(call, "function");
        if (function == null) {
            throw Refusal.field("function", "'function' is missing");
        }
        return new CallRequest(
                pool == null ? Invocation.DEFAULT_POOL : pool,
                function,
                name(call, "session"),
                call.object("arguments"),
                timeout(call));
    }

    Invocation invocation() {
        Invocation call = Invocation.of(function).pool(pool);
        for (Map.Entry<String, JsonValue> argument : arguments.entrySet()) {
            call = call.argument(argument.getKey(), argument.getValue());
        }
        return timeout == null ? call : call.timeout(timeout);
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
