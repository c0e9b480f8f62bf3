// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonTrace;
import io.serpentry.connector.StartFailure;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.internal.wire.Frame;
import io.serpentry.connector.internal.wire.FrameType;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The exceptions of calls, in words that name worker, function and cause. */
public final class CallErrors {

    private static final String HOST_ERROR = "serpentry.HostError";
    private static final int LONGEST_STACK = 64 * 1024;

    private CallErrors() {}

    static PythonException interruptedBefore(String function) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.CALL_INTERRUPTED,
                        "the thread was interrupted before " + function + " was sent; the worker is untouched")
                .context(Map.of("function", function, "sent", "false"))
                .retryable(true));
    }

    static PythonException secondThread(String function, WorkerIdentity worker) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.ILLEGAL_STATE,
                        "another thread is in a call on this connection to worker " + worker + ", so " + function
                                + " can not be sent; take one connection for each thread")
                .context(Map.of("function", function, "worker", worker.id())));
    }

    static PythonException tooDeep(String function, int limit) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.ILLEGAL_STATE,
                        function + " was not sent: " + limit
                                + " calls already wait for each other on this connection, each called by the one before")
                .context(Map.of("function", function, "limit", Integer.toString(limit))));
    }

    static PythonException notTaken(String function) {
        return PythonException.of(ErrorDetail.of(
                ErrorCode.ILLEGAL_STATE,
                function + " was called on a connection that is back in the pool; it was closed, or its transaction"
                        + " has ended"));
    }

    static PythonException lostBefore(String function, WorkerIdentity worker, @Nullable WorkerExit exit) {
        String how = exit == null ? "is being ended" : exit.how();
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.WORKER_LOST, "worker " + worker + " " + how + "; " + function + " was not sent")
                .context(Map.of("function", function, "worker", worker.id(), "sent", "false"))
                .retryable(true));
    }

    /** The exception for a call that was sent and will not be answered. */
    static PythonException doomed(
            String function, Worker worker, Doom doom, @Nullable WorkerExit exit, @Nullable IOException failure) {
        WorkerIdentity identity = worker.identity();
        String end =
                exit != null ? exit.how() : worker.servesOthers() ? "when its other calls are done" : "not confirmed";
        ErrorDetail detail =
                switch (doom.reason()) {
                    case DEADLINE ->
                        detail(ErrorCode.CALL_TIMEOUT, doom.why() + "; its worker " + identity + " was ended: " + end);
                    case TRANSACTION ->
                        detail(
                                ErrorCode.CALL_TIMEOUT,
                                doom.why() + " while " + function + " ran; its worker " + identity + " was ended: "
                                        + end);
                    case INTERRUPT ->
                        detail(
                                ErrorCode.CALL_INTERRUPTED,
                                "the thread was interrupted during " + function + ", which was sent; its worker "
                                        + identity + " was ended: " + end);
                    case LOST, PROTOCOL, DESTROYED ->
                        detail(
                                ErrorCode.WORKER_LOST,
                                "worker " + identity + " was lost in a call of " + function + ": "
                                        + (doom.reason() == Doom.Reason.LOST ? end : doom.why() + "; " + end));
                };
        return PythonException.of(detail.context(context(function, identity, exit))
                .python(stack(worker, exit))
                .cause(failure));
    }

    private static ErrorDetail detail(ErrorCode code, String message) {
        return ErrorDetail.of(code, message);
    }

    private static Map<String, String> context(String function, WorkerIdentity worker, @Nullable WorkerExit exit) {
        Map<String, String> context = new LinkedHashMap<>();
        context.put("function", function);
        context.put("worker", worker.id());
        context.put("pid", Long.toString(worker.pid()));
        context.put("sent", "true");
        if (exit != null) {
            context.put("exit", exit.how());
            if (exit.signalName() != null) {
                context.put("signal", exit.signalName());
            }
            if (!exit.stderr().isBlank()) {
                context.put("stderr", exit.stderr());
            }
        }
        return context;
    }

    /** What is known of the Python stack at that moment: the report of the cancelled call, or faulthandler's dump. */
    private static @Nullable PythonTrace stack(Worker worker, @Nullable WorkerExit exit) {
        PythonTrace reported = worker.cancelledStack();
        if (reported != null) {
            return reported;
        }
        return exit == null || exit.dump().isBlank() ? null : new PythonTrace("", "", exit.dump(), List.of());
    }

    static PythonException startFailed(StartFailure failure, @Nullable PythonTrace python, @Nullable Throwable cause) {
        Map<String, String> context = new LinkedHashMap<>();
        context.put("attempts", Integer.toString(failure.attempts()));
        context.put("retryAt", failure.retryAt().toString());
        if (!failure.stderr().isBlank()) {
            context.put("stderr", failure.stderr());
        }
        return PythonException.of(ErrorDetail.of(ErrorCode.WORKER_START_FAILED, failure.message())
                .context(context)
                .python(python)
                .retryable(true)
                .cause(cause));
    }

    /** The exception for an ERROR frame that answers a call. */
    public static PythonException answered(String function, WorkerIdentity worker, Frame error) {
        return answered(function, worker, error, null);
    }

    /** @param thrown what the server last threw into the call, the cause if Python let that pass */
    public static PythonException answered(
            String function, WorkerIdentity worker, Frame error, @Nullable Throwable thrown) {
        try {
            ControlMessage message = ControlMessage.of(error);
            Map<String, String> context = new LinkedHashMap<>(message.texts("context"));
            context.put("function", function);
            context.put("worker", worker.id());
            ErrorCode code = code(message.text("code", ""));
            if (code == ErrorCode.CALL_TIMEOUT) {
                return interruptedFromElsewhere(function, worker, message);
            }
            String type = message.text("type", "");
            String said = message.text("message", "");
            String text = code == ErrorCode.PYTHON_RAISED && !type.isEmpty() ? type + ": " + said : said;
            return PythonException.of(ErrorDetail.of(code, text)
                    .context(context)
                    .retryable(message.flag("retryable"))
                    .cause(HOST_ERROR.equals(type) ? thrown : null)
                    .python(type.isEmpty() ? null : message.trace("traceback")));
        } catch (IOException e) {
            return PythonException.of(
                    ErrorDetail.of(ErrorCode.INTERNAL, "worker " + worker + " sent an error that can not be read")
                            .cause(e));
        }
    }

    /** The ERROR that raises in Python what the server has thrown. */
    public static Frame hostError(long requestId, Throwable failure) {
        PythonException ours = failure instanceof PythonException known ? known : null;
        StringWriter stack = new StringWriter();
        failure.printStackTrace(new PrintWriter(stack));
        String traceback = stack.toString();
        JsonObjectBuilder context = Json.createObjectBuilder();
        if (ours != null) {
            ours.context().forEach(context::add);
        }
        String code = (ours == null ? ErrorCode.HOST_RAISED : ours.code()).name();
        JsonObject body = Json.createObjectBuilder()
                .add("code", code)
                .add("type", failure.getClass().getName())
                .add("message", String.valueOf(failure.getMessage()))
                .add("retryable", ours != null && ours.retryable())
                .add("context", context)
                .add("traceback", traceback.substring(0, Math.min(traceback.length(), LONGEST_STACK)))
                .build();
        return Frame.of(FrameType.ERROR, requestId, body.toString());
    }

    /** The exception for a hook that has raised; {@code vote} says so. */
    public static PythonException hookRaised(String hook, WorkerIdentity worker, Frame vote) {
        return vote(vote)
                .map(error -> answered(hook, worker, error))
                .orElseGet(() -> PythonException.of(
                        ErrorDetail.of(ErrorCode.INTERNAL, "worker " + worker + " sent a vote that can not be read")));
    }

    private static Optional<Frame> vote(Frame vote) {
        try {
            JsonObject body = ControlMessage.of(vote).json();
            return body.get("error") instanceof JsonObject error
                    ? Optional.of(Frame.of(FrameType.ERROR, vote.requestId(), error.toString()))
                    : Optional.empty();
        } catch (IOException e) {
            WorkerLog.LOG.debug("a vote that can not be read", e);
            return Optional.empty();
        }
    }

    /** Which of the hooks that the server has noted have returned. */
    public static List<String> done(Frame vote) {
        try {
            return ControlMessage.of(vote).json().get("done") instanceof JsonArray done
                    ? done.getValuesAs(JsonString::getString)
                    : List.of();
        } catch (IOException | ClassCastException e) {
            WorkerLog.LOG.debug("a vote that can not be read", e);
            return List.of();
        }
    }

    /** Whether all hooks went well. */
    public static boolean isYes(Frame vote) {
        try {
            return vote.type() == FrameType.VOTE && ControlMessage.of(vote).flag("commit");
        } catch (IOException e) {
            WorkerLog.LOG.debug("a vote that can not be read", e);
            return false;
        }
    }

    /** Our own cancellations never come here: the call was doomed before its answer. So it was somebody else's SIGINT. */
    private static PythonException interruptedFromElsewhere(
            String function, WorkerIdentity worker, ControlMessage message) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.WORKER_LOST,
                        "worker " + worker + " was lost in a call of " + function
                                + ": it was interrupted by a signal that is not of our order, and ends")
                .context(Map.of("function", function, "worker", worker.id(), "sent", "true"))
                .python(message.trace("traceback")));
    }

    private static ErrorCode code(String name) {
        try {
            return ErrorCode.valueOf(name);
        } catch (IllegalArgumentException e) {
            WorkerLog.LOG.debugf(e, "a worker sent the unknown code %s", name);
            return ErrorCode.INTERNAL;
        }
    }
}
