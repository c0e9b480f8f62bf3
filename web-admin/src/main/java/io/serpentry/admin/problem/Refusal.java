// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.problem;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** What the REST interface itself refuses, in the same terms as errors of the connector. */
public final class Refusal {

    /** The member of the context that says after how many seconds to try again. */
    static final String RETRY_AFTER = "retryAfterSeconds";

    private Refusal() {}

    /** A member of the body or a parameter of the query does not fit; the context's {@code field} names it. */
    public static PythonException field(String field, String message) {
        return PythonException.of(
                ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, message).context(Map.of("field", field)));
    }

    public static PythonException badRequest(String message) {
        return PythonException.of(ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, message));
    }

    public static PythonException forbidden(String message) {
        return PythonException.of(ErrorDetail.of(ErrorCode.FORBIDDEN, message));
    }

    /** The state that the request was to change is not the one it named. */
    public static PythonException preconditionFailed(PythonException cause) {
        return PythonException.of(ErrorDetail.of(ErrorCode.PRECONDITION_FAILED, String.valueOf(cause.getMessage()))
                .context(cause.context())
                .cause(cause));
    }

    /** What the request named is not as many as it said. */
    public static PythonException notAsMany(int expected, String actual) {
        String message = actual + " match, not " + expected + "; nothing was deleted";
        return PythonException.of(ErrorDetail.of(ErrorCode.PRECONDITION_FAILED, message)
                .context(Map.of("expected", Integer.toString(expected), "actual", actual)));
    }

    public static PythonException illegalState(String message, Map<String, String> context) {
        return PythonException.of(
                ErrorDetail.of(ErrorCode.ILLEGAL_STATE, message).context(context));
    }

    /** @param setting the configuration key that sets the limit */
    public static PythonException tooMany(Duration wait, String setting) {
        String seconds = Long.toString(wait.toSeconds());
        String message = "too many requests (" + setting + "); send the next in " + seconds + " s";
        return PythonException.of(ErrorDetail.of(ErrorCode.RATE_LIMITED, message)
                .context(Map.of(RETRY_AFTER, seconds, "setting", setting))
                .retryable(true));
    }

    public static PythonException notFound(String message) {
        return PythonException.of(ErrorDetail.of(ErrorCode.NOT_FOUND, message));
    }

    public static PythonException noSuchWorker(String id) {
        return notFound("there is no worker '" + id + "'; it may have ended");
    }

    /** More than the server serves at the same time. */
    public static PythonException tooMany(String message) {
        return PythonException.of(
                ErrorDetail.of(ErrorCode.RATE_LIMITED, message).retryable(true));
    }

    public static PythonException noSuchPool(String name, PythonPools pools) {
        String known = pools.list().stream().map(PythonPool::name).collect(Collectors.joining(", "));
        return notFound("there is no pool '" + name + "'; "
                + (known.isEmpty() ? "no pool is configured" : "there are: " + known));
    }

    public static PythonException tooLarge(long limit) {
        return tooLarge("the body is over the limit of " + limit + " bytes", limit);
    }

    /** @param setting the configuration key that sets the limit */
    public static PythonException tooLarge(long limit, String setting) {
        return tooLarge("the body is over the limit of " + limit + " bytes (" + setting + ")", limit);
    }

    private static PythonException tooLarge(String message, long limit) {
        return PythonException.of(
                ErrorDetail.of(ErrorCode.MESSAGE_TOO_LARGE, message).context(Map.of("limit", Long.toString(limit))));
    }
}
