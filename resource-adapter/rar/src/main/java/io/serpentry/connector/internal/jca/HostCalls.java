// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.CallContext;
import io.serpentry.connector.CallTracer.Step;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.HostAnswer;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.cdi.CallableMethod;
import io.serpentry.connector.cdi.PythonCallables;
import io.serpentry.connector.internal.wire.Frame;
import io.serpentry.connector.internal.wire.FrameType;
import io.serpentry.connector.internal.wire.ValueMapper;
import io.serpentry.connector.internal.wire.ValueMapper.MappingException;
import io.serpentry.connector.internal.worker.CallErrors;
import io.serpentry.connector.internal.worker.HostCallHandler;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers what Python asks during one call: methods of the application by itself, everything else by the call's context. */
final class HostCalls implements HostCallHandler {

    private final ValueMapper mapper;
    private final @Nullable CallContext context;
    private final int maxMessageSize;
    private final Function<String, Step> tracing;
    private @Nullable Throwable lastThrown;

    /** @param tracing begins a step for a method of that name */
    HostCalls(ValueMapper mapper, @Nullable CallContext context, int maxMessageSize, Function<String, Step> tracing) {
        this.mapper = mapper;
        this.context = context;
        this.maxMessageSize = maxMessageSize;
        this.tracing = tracing;
    }

    /** What the last question that failed has failed with, null if none has. */
    @Nullable
    Throwable lastThrown() {
        return lastThrown;
    }

    @Override
    public Frame serve(Frame question) {
        try {
            Frame answer = answer(question);
            if (answer.size() > maxMessageSize) {
                throw PythonException.of(ErrorDetail.of(
                        ErrorCode.MESSAGE_TOO_LARGE,
                        "the answer takes " + answer.size() + " bytes, over the pool's maxMessageSize of "
                                + maxMessageSize));
            }
            return answer;
        } catch (InvocationTargetException e) {
            return failed(question, e.getCause() == null ? e : e.getCause());
        } catch (RuntimeException | MappingException | StackOverflowError e) {
            return failed(question, e);
        }
    }

    private Frame failed(Frame question, Throwable failure) {
        lastThrown = failure;
        return CallErrors.hostError(question.requestId(), failure);
    }

    private Frame answer(Frame question) throws MappingException, InvocationTargetException {
        JsonObject asked = read(question);
        if ("method".equals(asked.getString("service", ""))) {
            return traced(question, asked);
        }
        if (context == null) {
            throw PythonException.of(ErrorDetail.of(
                    ErrorCode.ILLEGAL_STATE, "this call has no " + asked.getString("service", "such service")));
        }
        HostAnswer answer = context.serve(asked, question.attachments());
        return new Frame(FrameType.HOST_RESULT, 0, question.requestId(), answer.json(), answer.attachments());
    }

    private static JsonObject read(Frame question) {
        try (JsonReader reader = Json.createReader(new StringReader(question.text()))) {
            return reader.readObject();
        } catch (JsonException e) {
            throw PythonException.of(ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, "the question is no JSON object")
                    .cause(e));
        }
    }

    private Frame traced(Frame question, JsonObject asked) throws MappingException, InvocationTargetException {
        Step step = tracing.apply(asked.getString("name", ""));
        @Nullable ErrorCode failure = ErrorCode.INTERNAL;
        try {
            Frame answer = invoked(question, asked);
            failure = null;
            return answer;
        } catch (InvocationTargetException e) {
            failure = e.getCause() instanceof PythonException known ? known.code() : ErrorCode.HOST_RAISED;
            throw e;
        } catch (PythonException e) {
            failure = e.code();
            throw e;
        } finally {
            step.end(null, failure);
        }
    }

    private Frame invoked(Frame question, JsonObject asked) throws MappingException, InvocationTargetException {
        PythonCallables callables = PythonCallables.ofCurrentApplication();
        CallableMethod method = callables.find(asked.getString("name", ""));
        JsonObject given =
                asked.containsKey("arguments") ? asked.getJsonObject("arguments") : JsonObject.EMPTY_JSON_OBJECT;
        requireKnown(method, given);
        List<Type> types = method.types();
        @Nullable Object[] arguments = new @Nullable Object[types.size()];
        for (int i = 0; i < arguments.length; i++) {
            String name = method.parameters().get(i);
            requirePresent(method, given, name, types.get(i));
            arguments[i] = argument(method, name, question, given.get(name), types.get(i));
        }
        if (context != null) {
            context.hostCalled();
        }
        return mapper.hostResult(question.requestId(), callables.invoke(method, arguments));
    }

    private @Nullable Object argument(
            CallableMethod method, String name, Frame question, @Nullable JsonValue value, Type type) {
        try {
            return mapper.argument(name, value, question.attachments(), type);
        } catch (MappingException e) {
            throw invalid(method, "was not called: " + e.getMessage(), e);
        }
    }

    private static void requireKnown(CallableMethod method, JsonObject given) {
        for (String name : given.keySet()) {
            if (!method.parameters().contains(name)) {
                throw invalid(
                        method, "has no parameter '" + name + "'; it has: " + String.join(", ", method.parameters()));
            }
        }
    }

    private static void requirePresent(CallableMethod method, JsonObject given, String name, Type type) {
        boolean primitive = type instanceof Class<?> plain && plain.isPrimitive();
        if (!given.containsKey(name) || (primitive && given.isNull(name))) {
            throw invalid(method, "needs the argument '" + name + "'");
        }
    }

    private static PythonException invalid(CallableMethod method, String what) {
        return invalid(method, what, null);
    }

    private static PythonException invalid(CallableMethod method, String what, @Nullable Throwable cause) {
        return PythonException.of(ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, method.name() + " " + what)
                .cause(cause));
    }
}
