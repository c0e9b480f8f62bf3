// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import jakarta.ejb.ApplicationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can go wrong when Python is called. One subclass for each thing a caller may want to handle apart; each
 * carries a {@link #code()}.
 *
 * <p>Where Python raised, the printed stack trace shows the Python frames first and the Java caller's below them, as if it
 * were one stack.
 *
 * <p>It does not roll a transaction back by itself; a worker's death during a call in the transaction does.
 */
@ApplicationException(inherited = true, rollback = false)
public abstract sealed class PythonException extends RuntimeException
        permits CallInterruptedException,
                CallTimeoutException,
                ConnectionStateException,
                InvalidArgumentException,
                MessageTooLargeException,
                PythonInternalException,
                PythonRaisedException,
                SessionException,
                UnknownFunctionException,
                WorkerLostException,
                WorkerStartException,
                WorkersExhaustedException {

    private static final String INTERNAL_PACKAGE = "io.serpentry.connector.internal.";

    private final ErrorCode code;
    private final boolean retryable;
    private final Map<String, String> context;
    private final @Nullable PythonTrace python;

    PythonException(ErrorDetail detail) {
        super(detail.message(), detail.cause());
        this.code = detail.code();
        this.retryable = detail.retryable();
        this.context = detail.context();
        this.python = detail.python();
        if (python != null) {
            setStackTrace(joined(python, getStackTrace()));
        }
    }

    private static StackTraceElement[] joined(PythonTrace python, StackTraceElement[] java) {
        List<StackTraceElement> stack = new ArrayList<>();
        python.frames().forEach(frame -> stack.add(frame.toStackTraceElement()));
        Collections.reverse(stack);
        Arrays.stream(java)
                .dropWhile(frame -> frame.getClassName().equals(PythonException.class.getName())
                        || frame.getClassName().startsWith(INTERNAL_PACKAGE))
                .forEach(stack::add);
        return stack.toArray(StackTraceElement[]::new);
    }

    public ErrorCode code() {
        return code;
    }

    public ErrorCategory category() {
        return code.category();
    }

    /** Whether the same call, sent again, may succeed. It may have had effects the first time: that is for the caller to know. */
    public boolean retryable() {
        return retryable;
    }

    /** Names and values that help to find the cause; never null, never a secret. */
    public Map<String, String> context() {
        return context;
    }

    /** What Python said: the exception's type, message and traceback; or null if it said nothing. */
    public @Nullable PythonTrace python() {
        return python;
    }

    /** The exception that {@code detail.code()} stands for. */
    public static PythonException of(ErrorDetail detail) {
        return switch (detail.code()) {
            case PYTHON_RAISED -> new PythonRaisedException(detail);
            case UNKNOWN_FUNCTION -> new UnknownFunctionException(detail);
            case INVALID_ARGUMENT -> new InvalidArgumentException(detail);
            case MESSAGE_TOO_LARGE -> new MessageTooLargeException(detail);
            case CALL_TIMEOUT -> new CallTimeoutException(detail);
            case CALL_INTERRUPTED -> new CallInterruptedException(detail);
            case WORKER_LOST -> new WorkerLostException(detail);
            case WORKER_START_FAILED -> new WorkerStartException(detail);
            case WORKERS_EXHAUSTED -> new WorkersExhaustedException(detail);
            case ILLEGAL_STATE -> new ConnectionStateException(detail);
            case INTERNAL,
                    HOST_RAISED,
                    FORBIDDEN,
                    SESSION_NOT_FOUND,
                    NOT_FOUND,
                    SESSION_EXISTS,
                    SESSION_CONFLICT,
                    PRECONDITION_FAILED,
                    QUOTA_EXCEEDED,
                    RATE_LIMITED,
                    ENTRY_CORRUPT,
                    STORE_UNAVAILABLE,
                    QUARANTINED -> new PythonInternalException(detail);
        };
    }
}
