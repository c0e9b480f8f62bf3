// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call of a Python function that is to be made in a session. Immutable; each method gives a new one. Names and ranges are
 * checked when the call is made, as {@link io.serpentry.connector.PythonCall} says.
 *
 * @param arguments by the names of the Python parameters; the parameter that takes the session is not one of them
 * @param timeout null for the function's own, else the pool's
 * @param pool the name of the pool whose workers serve it
 * @param readsValidated whether the call's changes are refused with a conflict also if an entry that was only read has been
 *     changed by somebody else meanwhile
 * @param exclusiveWithin null, or how long to wait until no other exclusive call runs in the session, on any server; up to a
 *     day. An exclusive call in a transaction keeps the others waiting until the transaction has ended
 */
public record Invocation(
        String function,
        Map<String, @Nullable Object> arguments,
        @Nullable Duration timeout,
        String pool,
        boolean readsValidated,
        @Nullable Duration exclusiveWithin) {

    public static final String DEFAULT_POOL = "default";

    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    public Invocation {
        Objects.requireNonNull(function, "function");
        Objects.requireNonNull(pool, "pool");
        if (exclusiveWithin != null && (exclusiveWithin.isNegative() || exclusiveWithin.compareTo(LONGEST_WAIT) > 0)) {
            throw Limits.refused(
                    "exclusiveWithin",
                    "0 to " + LONGEST_WAIT,
                    "A call can wait up to " + LONGEST_WAIT + " for others to end, not " + exclusiveWithin);
        }
        // Values may be null, which Map.copyOf refuses.
        arguments = new LinkedHashMap<>(arguments);
    }

    public static Invocation of(String function) {
        return new Invocation(function, Map.of(), null, DEFAULT_POOL, false, null);
    }

    /** A copy. */
    @Override
    public Map<String, @Nullable Object> arguments() {
        return new LinkedHashMap<>(arguments);
    }

    public Invocation argument(String name, @Nullable Object value) {
        Map<String, @Nullable Object> more = arguments();
        more.put(name, value);
        return new Invocation(function, more, timeout, pool, readsValidated, exclusiveWithin);
    }

    public Invocation timeout(Duration value) {
        return new Invocation(function, arguments, value, pool, readsValidated, exclusiveWithin);
    }

    public Invocation pool(String value) {
        return new Invocation(function, arguments, timeout, value, readsValidated, exclusiveWithin);
    }

    public Invocation readsValidated(boolean value) {
        return new Invocation(function, arguments, timeout, pool, value, exclusiveWithin);
    }

    /** One call at a time in the session: waits for those that run, up to that time. */
    public Invocation exclusive(Duration within) {
        return new Invocation(function, arguments, timeout, pool, readsValidated, within);
    }
}
