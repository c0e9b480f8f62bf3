// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.CallContext;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonCall;
import io.serpentry.connector.PythonException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A call being put together; names are checked here, so that nothing in them can disturb a message. */
final class CallBuilder implements PythonCall {

    private static final String IDENTIFIER = "[\\p{L}_][\\p{L}\\p{N}_]*";
    private static final Pattern FUNCTION = Pattern.compile(IDENTIFIER + "(\\." + IDENTIFIER + ")+");
    private static final Pattern PARAMETER = Pattern.compile(IDENTIFIER);
    private static final int LONGEST_NAME = 255;
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(24);

    private final PythonConnectionHandle connection;
    private final String function;
    private final Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    private @Nullable Duration timeout;
    private @Nullable CallContext context;
    private boolean sent;

    CallBuilder(PythonConnectionHandle connection, String function) {
        if (function.length() > LONGEST_NAME || !FUNCTION.matcher(function).matches()) {
            throw invalid("function name '" + shortened(function) + "' is not of the form module.function with 1 to "
                    + LONGEST_NAME + " characters");
        }
        this.connection = connection;
        this.function = function;
    }

    @Override
    public PythonCall argument(String name, @Nullable Object value) {
        if (name.length() > LONGEST_NAME || !PARAMETER.matcher(name).matches()) {
            throw invalid("argument name '" + shortened(name) + "' is no Python identifier of 1 to " + LONGEST_NAME
                    + " characters");
        }
        if (arguments.containsKey(name)) {
            throw invalid("argument '" + name + "' was given twice");
        }
        arguments.put(name, value);
        return this;
    }

    @Override
    public PythonCall arguments(Map<String, ? extends @Nullable Object> more) {
        more.forEach(this::argument);
        return this;
    }

    @Override
    public PythonCall timeout(Duration limit) {
        if (limit.compareTo(Duration.ofMillis(1)) < 0 || limit.compareTo(LONGEST_TIMEOUT) > 0) {
            throw invalid("timeout " + limit + " is outside 1 millisecond to 24 days");
        }
        timeout = limit;
        return this;
    }

    @Override
    public PythonCall context(CallContext participant) {
        if (context != null) {
            throw PythonException.of(
                    ErrorDetail.of(ErrorCode.ILLEGAL_STATE, "this call of " + function + " has a context already"));
        }
        context = participant;
        return this;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T returning(Class<T> type) {
        return (T) returning((Type) type);
    }

    @Override
    public @Nullable Object returning(Type type) {
        if (sent) {
            throw PythonException.of(
                    ErrorDetail.of(ErrorCode.ILLEGAL_STATE, "this call of " + function + " was sent before"));
        }
        sent = true;
        return connection.send(new CallRequest(function, arguments, timeout, context, type));
    }

    private static PythonException invalid(String message) {
        return PythonException.of(ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, message));
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
