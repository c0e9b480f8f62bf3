// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every {@link PythonException} is made of.
 *
 * @param retryable whether the same call, sent again by the caller, may succeed
 * @param context names and values that help to find the cause: worker, function, argument, limit
 * @param python what Python said, null if it said nothing
 */
public record ErrorDetail(
        ErrorCode code,
        String message,
        boolean retryable,
        Map<String, String> context,
        @Nullable PythonTrace python,
        @Nullable Throwable cause) {

    public ErrorDetail {
        context = Map.copyOf(context);
    }

    public static ErrorDetail of(ErrorCode code, String message) {
        return new ErrorDetail(code, message, false, Map.of(), null, null);
    }

    public ErrorDetail retryable(boolean value) {
        return new ErrorDetail(code, message, value, context, python, cause);
    }

    public ErrorDetail context(Map<String, String> value) {
        return new ErrorDetail(code, message, retryable, value, python, cause);
    }

    public ErrorDetail python(@Nullable PythonTrace value) {
        return new ErrorDetail(code, message, retryable, context, value, cause);
    }

    public ErrorDetail cause(@Nullable Throwable value) {
        return new ErrorDetail(code, message, retryable, context, python, value);
    }
}
