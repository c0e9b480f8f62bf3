// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.CallContext;
import io.serpentry.connector.CallTracer.Kind;
import io.serpentry.connector.CallTracer.Step;
import io.serpentry.connector.ContextBlock;
import io.serpentry.connector.EndedCall;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.internal.wire.ContextBlocks;
import io.serpentry.connector.internal.wire.Frame;
import io.serpentry.connector.internal.wire.FrameType;
import io.serpentry.connector.internal.wire.ValueMapper;
import io.serpentry.connector.internal.wire.ValueMapper.MappingException;
import io.serpentry.connector.internal.wire.WireException;
import io.serpentry.connector.internal.worker.CallErrors;
import io.serpentry.connector.internal.worker.PoolListeners;
import io.serpentry.connector.internal.worker.WorkerChannel;
import io.serpentry.connector.internal.worker.WorkerPool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Maps a call to frames and its answer back. Safe for use by any number of threads. */
final class Caller {

    private final WorkerPool pool;
    private final ValueMapper mapper = new ValueMapper();

    Caller(WorkerPool pool) {
        this.pool = pool;
    }

    /**
     * @param remaining what is left of the transaction, null without one
     * @param transaction told, with the call's context, if hooks of the transaction are held by the worker; null without one
     */
    @Nullable
    Object call(
            WorkerChannel channel,
            CallRequest request,
            @Nullable Duration remaining,
            @Nullable Consumer<@Nullable CallContext> transaction) {
        long began = System.nanoTime();
        Step step = begin(Kind.CALL, request.function());
        @Nullable ErrorCode failure = ErrorCode.INTERNAL;
        try {
            Object result = answered(channel, request, remaining, transaction, step.carrier());
            failure = null;
            return result;
        } catch (PythonException e) {
            failure = e.code();
            throw e;
        } finally {
            tellEnd(channel, request, began, failure);
            step.end(channel.worker(), failure);
        }
    }

    private Step begin(Kind kind, String name) {
        return pool.listeners().tracing().begin(kind, pool.settings().name(), name);
    }

    private void tellEnd(WorkerChannel channel, CallRequest request, long began, @Nullable ErrorCode failure) {
        PoolListeners listeners = pool.listeners();
        if (!listeners.isEmpty()) {
            Duration duration = Duration.ofNanos(System.nanoTime() - began);
            EndedCall ended =
                    new EndedCall(pool.settings().name(), request.function(), channel.worker(), duration, failure);
            listeners.tell(listener -> listener.callEnded(ended));
        }
    }

    private @Nullable Object answered(
            WorkerChannel channel,
            CallRequest request,
            @Nullable Duration remaining,
            @Nullable Consumer<@Nullable CallContext> transaction,
            Map<String, String> carrier) {
        Duration timeout = timeout(channel, request.function(), request.timeout(), remaining);
        Frame frame = frame(channel, request, timeout, carrier);
        if (transaction != null) {
            frame = frame.with(Frame.TRANSACTION);
        }
        CallContext context = request.context();
        HostCalls host = host(context);
        Frame answer = channel.call(request.function(), frame, timeout, host);
        pool.answered();
        if (transaction != null && answer.has(Frame.HOOKS)) {
            transaction.accept(context);
        }
        if (answer.type() != FrameType.RESULT) {
            throw pool.counters()
                    .failed(CallErrors.answered(request.function(), channel.worker(), answer, host.lastThrown()));
        }
        return result(request, context, answer);
    }

    private HostCalls host(@Nullable CallContext context) {
        return new HostCalls(mapper, context, pool.settings().maxMessageSize(), method -> begin(Kind.CALLBACK, method));
    }

    private @Nullable Object result(CallRequest request, @Nullable CallContext context, Frame answer) {
        try {
            ContextBlocks.Parts parts = ContextBlocks.split(answer);
            Object result = mapper.result(parts.frame(), request.resultType());
            if (context != null) {
                context.incoming(parts.context());
            }
            return result;
        } catch (MappingException e) {
            throw invalid(request.function() + ": " + e.getMessage(), e.getCause());
        } catch (WireException e) {
            throw PythonException.of(ErrorDetail.of(ErrorCode.INTERNAL, request.function() + ": " + e.getMessage())
                    .cause(e));
        }
    }

    /** Has the worker run its hooks before the transaction is committed; throws what one of them raised. */
    void prepare(WorkerChannel channel, @Nullable Duration remaining) {
        String hooks = "on_prepare hooks";
        requireYes(channel, hooks, vote(channel, hooks, FrameType.PREPARE, "{", remaining));
    }

    /**
     * Has the worker run its hooks after the transaction; throws what the first of them that failed has raised.
     *
     * @param done told which of the hooks that the server has noted have returned, also if another has raised
     */
    void completed(WorkerChannel channel, boolean committed, Consumer<List<String>> done) {
        String hooks = committed ? "on_commit hooks" : "on_rollback hooks";
        Frame vote = vote(channel, hooks, FrameType.COMPLETED, "{\"committed\":" + committed + ",", null);
        done.accept(CallErrors.done(vote));
        requireYes(channel, hooks, vote);
    }

    private static void requireYes(WorkerChannel channel, String hooks, Frame vote) {
        if (!CallErrors.isYes(vote)) {
            throw CallErrors.hookRaised(hooks, channel.worker(), vote);
        }
    }

    private Frame vote(
            WorkerChannel channel, String hooks, FrameType type, String bodyBegin, @Nullable Duration remaining) {
        Duration timeout = timeout(channel, hooks, null, remaining);
        String body = bodyBegin + "\"timeoutMillis\":" + timeout.toMillis() + "}";
        Frame request = Frame.of(type, channel.nextRequestId(), body);
        Step step = begin(Kind.CALL, hooks);
        @Nullable ErrorCode failure = ErrorCode.INTERNAL;
        try {
            Frame vote = channel.call(hooks, request, timeout, host(null));
            failure = CallErrors.isYes(vote) ? null : ErrorCode.PYTHON_RAISED;
            return vote;
        } catch (PythonException e) {
            failure = e.code();
            throw e;
        } finally {
            step.end(channel.worker(), failure);
        }
    }

    /** The caller's, else the function's own, else the pool's; a transaction shortens each. */
    private Duration timeout(
            WorkerChannel channel, String function, @Nullable Duration given, @Nullable Duration remaining) {
        Duration wanted = given != null ? given : channel.declaredTimeout(function);
        if (wanted == null) {
            wanted = pool.settings().callTimeout();
        }
        if (remaining == null || wanted.compareTo(remaining) <= 0) {
            return wanted;
        }
        if (remaining.toMillis() < 1) {
            throw PythonException.of(ErrorDetail.of(
                    ErrorCode.CALL_TIMEOUT, "the transaction's time was over before " + function + " was sent"));
        }
        return remaining;
    }

    private Frame frame(WorkerChannel channel, CallRequest request, Duration timeout, Map<String, String> carrier) {
        try {
            long id = channel.nextRequestId();
            Frame frame = mapper.call(id, request.function(), request.arguments(), timeout.toMillis(), carrier);
            ContextBlock block =
                    request.context() == null ? null : request.context().outgoing(channel.worker());
            if (block != null) {
                frame = ContextBlocks.joined(frame, block);
            }
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
