// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.internal.wire.Frame;
import io.serpentry.connector.internal.wire.FrameType;
import io.serpentry.connector.internal.wire.ValueMapper;
import io.serpentry.connector.internal.wire.ValueMapper.MappingException;
import io.serpentry.connector.internal.worker.CallErrors;
import io.serpentry.connector.internal.worker.WorkerChannel;
import io.serpentry.connector.internal.worker.WorkerPool;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps a call to frames and its answer back. Safe for use by any number of threads. */
final class Caller {

    private final WorkerPool pool;
    private final ValueMapper mapper = new ValueMapper();

    Caller(WorkerPool pool) {
        this.pool = pool;
    }

    /** @param remaining what is left of the transaction, null without one */
    @Nullable
    Object call(WorkerChannel channel, CallRequest request, @Nullable Duration remaining) {
        Duration timeout = timeout(channel, request, remaining);
        Frame answer = channel.call(request.function(), frame(channel.nextRequestId(), request, timeout), timeout);
        pool.answered();
        if (answer.type() == FrameType.ERROR) {
            throw pool.counters().failed(CallErrors.answered(request.function(), channel.worker(), answer));
        }
        try {
            return mapper.result(answer, request.resultType());
        } catch (MappingException e) {
            throw invalid(request.function() + ": " + e.getMessage(), e.getCause());
        }
    }

    /** The caller's, else the function's own, else the pool's; a transaction shortens each. */
    private Duration timeout(WorkerChannel channel, CallRequest request, @Nullable Duration remaining) {
        Duration wanted = request.timeout() != null ? request.timeout() : channel.declaredTimeout(request.function());
        if (wanted == null) {
            wanted = pool.settings().callTimeout();
        }
        if (remaining == null || wanted.compareTo(remaining) <= 0) {
            return wanted;
        }
        if (remaining.toMillis() < 1) {
            throw PythonException.of(ErrorDetail.of(
                    ErrorCode.CALL_TIMEOUT,
                    "the transaction's time was over before " + request.function() + " was sent"));
        }
        return remaining;
    }

    private Frame frame(long id, CallRequest request, Duration timeout) {
        try {
            Frame frame = mapper.call(id, request.function(), request.arguments(), timeout.toMillis());
            int limit = pool.settings().maxMessageSize();
            if (frame.size() > limit) {
                throw tooLarge(request.function(), frame.size(), limit);
            }
            return frame;
        } catch (MappingException e) {
            throw invalid(request.function() + ": " + e.getMessage(), e.getCause());
        }
    }

    private static PythonException tooLarge(String function, long size, int limit) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.MESSAGE_TOO_LARGE,
                        "the call of " + function + " takes " + size + " bytes, over the pool's maxMessageSize of "
                                + limit)
                .context(Map.of("function", function, "size", Long.toString(size), "limit", Integer.toString(limit))));
    }

    private static PythonException invalid(String message, @Nullable Throwable cause) {
        return PythonException.of(
                ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, message).cause(cause));
    }
}
