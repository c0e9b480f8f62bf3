// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A session to make calls in, from {@link PythonSessions#attach}. It holds the id and nothing else: whether there is such a
 * session is seen by the first call. Acts for the caller of the {@link PythonSessions} that it is from. Any thread may use it.
 */
public interface AttachedSession extends AutoCloseable {

    String id();

    /**
     * As {@link PythonSessions#execute}.
     *
     * @throws io.serpentry.connector.ConnectionStateException if it is closed
     */
    @SuppressWarnings("unchecked") // what is mapped to the class is of it
    default <T> @Nullable T execute(Invocation call, Class<T> type) {
        return (T) perform(call, type).result();
    }

    /**
     * As {@link PythonSessions#perform}.
     *
     * @throws io.serpentry.connector.ConnectionStateException if it is closed
     */
    Execution perform(Invocation call, Type type);

    /** Takes no more calls. The session stays; one that is under way goes on. Does nothing the second time. */
    @Override
    void close();
}
