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
 * @param warmWithin null for any worker, or how long to wait until the one that has the session warm is idle; up to a day
 * @param persisted of an anonymous call: whether its temporary session is in the database from the beginning, where every server sees it
 */
public record Invocation(
        String function,
        Map<String, @Nullable Object> arguments,
        @Nullable Duration timeout,
        String pool,
        boolean readsValidated,
        @Nullable Duration exclusiveWithin,
        @Nullable Duration warmWithin,
        boolean persisted) {

    public static final String DEFAULT_POOL = "default";

    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    public Invocation {
        Objects.requireNonNull(function, "function");
        Objects.requireNonNull(pool, "pool");
        requireInRange("exclusiveWithin", exclusiveWithin);
        requireInRange("warmWithin", warmWithin);
        // Values may be null, which Map.copyOf refuses.
        arguments = new LinkedHashMap<>(arguments);
    }

    private static void requireInRange(String name, @Nullable Duration wait) {
        if (wait != null && (wait.isNegative() || wait.compareTo(LONGEST_WAIT) > 0)) {
            throw Limits.refused(
                    name,
                    "0 to " + LONGEST_WAIT,
                    "A call can wait up to " + LONGEST_WAIT + " for others to end, not " + wait);
        }
    }

    public static Invocation of(String function) {
        return new Invocation(function, Map.of(), null, DEFAULT_POOL, false, null, null, false);
    }

    /** A copy. */
    @Override
    public Map<String, @Nullable Object> arguments() {
        return new LinkedHashMap<>(arguments);
    }

    public Invocation argument(String name, @Nullable Object value) {
        Map<String, @Nullable Object> more = arguments();
        more.put(name, value);
        return new Invocation(function, more, timeout, pool, readsValidated, exclusiveWithin, warmWithin, persisted);
    }

    public Invocation timeout(Duration value) {
        return new Invocation(function, arguments, value, pool, readsValidated, exclusiveWithin, warmWithin, persisted);
    }

    public Invocation pool(String value) {
        return new Invocation(
                function, arguments, timeout, value, readsValidated, exclusiveWithin, warmWithin, persisted);
    }

    public Invocation readsValidated(boolean value) {
        return new Invocation(function, arguments, timeout, pool, value, exclusiveWithin, warmWithin, persisted);
    }

    /** One call at a time in the session: waits for those that run, up to that time. */
    public Invocation exclusive(Duration within) {
        return new Invocation(function, arguments, timeout, pool, readsValidated, within, warmWithin, persisted);
    }

    /**
     * Only on the worker that has the session warm, which is the one that served it last: waits up to that time until it is
     * idle. {@code WORKERS_EXHAUSTED} if it did not become idle in time, is cordoned, lives no more, or if no worker of the
     * pool has served the session on this server; {@code ILLEGAL_STATE} if the transaction is bound to another worker by an
     * earlier call. Nothing was called then.
     */
    public Invocation onWarmWorker(Duration within) {
        return new Invocation(function, arguments, timeout, pool, readsValidated, exclusiveWithin, within, persisted);
    }

    /**
     * For {@link PythonSessions#executeAnonymous}: the call's temporary session is a row of the database while the call runs, which every
     * server finds and lists, and which a sweep removes if this server is lost. A call in a session that exists already is not changed by it.
     */
    public Invocation persisted(boolean value) {
        return new Invocation(function, arguments, timeout, pool, readsValidated, exclusiveWithin, warmWithin, value);
    }
}
