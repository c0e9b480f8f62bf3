// SPDX-License-Identifier: Apache-2.0
package io.serpentry.tracing;

import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * An id that is in the log context of the calling thread, so in every line that it logs, until it is closed on the same
 * thread; then the one before is there again.
 */
public final class LogContext implements AutoCloseable {

    /** The id of the session that a call is made in. */
    public static final String SESSION = "session";
    /** Of the trace that the thread is in, if the server traces. */
    public static final String TRACE = "traceId";

    public static final String SPAN = "spanId";

    private final String key;
    private final @Nullable Object before;

    private LogContext(String key, @Nullable Object before) {
        this.key = key;
        this.before = before;
    }

    public static LogContext put(String key, String id) {
        return new LogContext(key, MDC.put(key, id));
    }

    /** What the calling thread has there; null if nothing. */
    public static @Nullable String get(String key) {
        Object value = MDC.get(key);
        return value == null ? null : value.toString();
    }

    @Override
    public void close() {
        if (before == null) {
            MDC.remove(key);
        } else {
            MDC.put(key, before);
        }
    }
}
