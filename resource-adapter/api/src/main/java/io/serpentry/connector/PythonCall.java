// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One call that is being put together: its arguments by name, its deadline, and at last the type of its result.
 *
 * <p>Arguments and results are mapped by JSON-B (records, classes, collections, {@code java.time}, {@code BigDecimal}, enums);
 * {@code byte[]} and {@link java.nio.ByteBuffer}, alone or inside them, travel as raw bytes. A call is used by one thread
 * and sent once.
 */
public interface PythonCall {

    /**
     * Adds an argument.
     *
     * @param name the Python parameter's name
     * @param value anything JSON-B can write, bytes, or null for {@code None}
     * @throws InvalidArgumentException if the name is empty or was given before
     */
    PythonCall argument(String name, @Nullable Object value);

    /** Adds each entry as an argument, as {@link #argument} does. */
    PythonCall arguments(Map<String, ? extends @Nullable Object> arguments);

    /**
     * Limits how long the call may take, from sending it to having its answer. Without it the
     * timeout that the function declares in Python holds, else the pool's {@code callTimeout}; a transaction's own timeout shortens either.
     *
     * @param timeout 1 millisecond to 24 days
     * @throws InvalidArgumentException if it is outside that range
     */
    PythonCall timeout(Duration timeout);

    /**
     * Lets a component take part in this call. Applications have no need of it: {@code io.serpentry.session} does this for
     * calls in a session.
     *
     * @throws ConnectionStateException if the call has a context already
     */
    PythonCall context(CallContext context);

    /**
     * Sends the call and waits for its result.
     *
     * <p>While it runs, Python may call methods of the application that are annotated {@link
     * io.serpentry.connector.cdi.PythonCallable}: they run on this thread, in its transaction and security context.
     *
     * <p>An interrupt before the first byte is sent leaves the worker untouched. One during the call abandons it: the worker
     * is ended, because nobody could tell what it would still do. One after the answer has come changes nothing. In each
     * case the thread's interrupt flag stays set.
     *
     * @param type the class to map the result to; {@code Void.class} ignores it
     * @return the result; null where Python returned {@code None}
     * @throws PythonRaisedException if the function raised
     * @throws UnknownFunctionException if no function of that name is registered
     * @throws InvalidArgumentException if an argument can not be written as JSON, does not fit the Python signature, or the
     *     result does not fit {@code type}
     * @throws MessageTooLargeException if the call or its result is over the pool's {@code maxMessageSize}; the connection
     *     can be used on
     * @throws CallTimeoutException if the deadline passed, or the transaction's time was over before the call was sent
     * @throws WorkerLostException if the worker died during the call
     * @throws CallInterruptedException if the thread was interrupted before or during the call
     * @throws ConnectionStateException if the connection is closed, in use by another thread, or the call was sent before
     */
    <T> @Nullable T returning(Class<T> type);

    /**
     * As {@link #returning(Class)}, for generic types.
     *
     * @param type for example a {@code ParameterizedType} for {@code List<Answer>}
     */
    @Nullable
    Object returning(Type type);
}
