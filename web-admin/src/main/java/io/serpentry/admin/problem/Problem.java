// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.problem;

import io.serpentry.admin.http.Answer;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonTrace;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A problem document of RFC 9457.
 *
 * @param type a URN for {@code code}
 * @param title what {@code code} or {@code status} stands for; the same for each occurrence
 * @param detail what happened this time
 * @param python what Python said, left out if it said nothing
 */
@JsonbPropertyOrder({
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "code",
    "category",
    "context",
    "retryable",
    "traceId",
    "python"
})
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String instance,
        ErrorCode code,
        String category,
        Map<String, String> context,
        boolean retryable,
        String traceId,
        @Nullable Python python)
        implements Answer {

    public static final String MEDIA_TYPE = "application/problem+json";

    /** Members of the context that hold what only {@link io.serpentry.admin.Roles#seesTracebacks} allows. */
    private static final Set<String> PYTHON_OUTPUT = Set.of("stderr", "dump", "stack", "traceback");

    /** {@code traceback} is left out for those who may not see it. */
    @JsonbPropertyOrder({"type", "message", "traceback"})
    public record Python(
            String type, String message, @Nullable String traceback) {}

    /** The problem that an exception stands for; its status is its code's. */
    static Problem of(PythonException e, Occurrence occurrence, boolean withTracebacks) {
        return of(e.code(), e.code().httpStatus(), text(e), occurrence)
                .with(context(e.context(), withTracebacks), e.retryable(), python(e.python(), withTracebacks));
    }

    /** A problem that HTTP itself has a status for. */
    static Problem of(int status, String detail, Occurrence occurrence) {
        return of(codeOf(status), status, detail, occurrence).with(Map.of(), status == 429 || status == 503, null);
    }

    private static Problem of(ErrorCode code, int status, String detail, Occurrence occurrence) {
        return new Problem(
                "urn:serpentry:error:" + code,
                title(code, status),
                status,
                detail,
                occurrence.instance(),
                code,
                code.category().name(),
                Map.of(),
                false,
                occurrence.traceId(),
                null);
    }

    private Problem with(Map<String, String> newContext, boolean newRetryable, @Nullable Python newPython) {
        return new Problem(
                type, title, status, detail, instance, code, category, newContext, newRetryable, traceId, newPython);
    }

    /** The nearest code; where it is not exact, the status says more. */
    private static ErrorCode codeOf(int status) {
        return switch (status) {
            case 401, 403 -> ErrorCode.FORBIDDEN;
            case 404 -> ErrorCode.NOT_FOUND;
            case 409 -> ErrorCode.ILLEGAL_STATE;
            case 412 -> ErrorCode.PRECONDITION_FAILED;
            case 413 -> ErrorCode.MESSAGE_TOO_LARGE;
            case 429 -> ErrorCode.RATE_LIMITED;
            default -> status < 500 ? ErrorCode.INVALID_ARGUMENT : ErrorCode.INTERNAL;
        };
    }

    private static String title(ErrorCode code, int status) {
        if (status == code.httpStatus()) {
            String words = code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            return Character.toUpperCase(words.charAt(0)) + words.substring(1);
        }
        Response.Status known = Response.Status.fromStatusCode(status);
        return known == null ? "HTTP status " + status : known.getReasonPhrase();
    }

    private static String text(PythonException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static Map<String, String> context(Map<String, String> context, boolean withTracebacks) {
        Map<String, String> shown = new TreeMap<>(context);
        if (!withTracebacks) {
            shown.keySet().removeAll(PYTHON_OUTPUT);
        }
        return shown;
    }

    private static @Nullable Python python(@Nullable PythonTrace trace, boolean withTracebacks) {
        return trace == null
                ? null
                : new Python(trace.type(), trace.message(), withTracebacks ? trace.traceback() : null);
    }
}
