// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.lang.ref.WeakReference;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Maps application values to message bodies and back by JSON-B.
 *
 * <p>There is one {@link Jsonb} for each application class loader, because it remembers the application's classes. It is
 * held weakly, so an undeployed application can be collected. Safe for use by any number of threads.
 */
public final class ValueMapper {

    private static final byte[] ONLY_BYTES = "{\"$attachment\":0}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);

    private final Map<ClassLoader, WeakReference<Jsonb>> byLoader = new WeakHashMap<>();
    private final JsonbConfig config = new JsonbConfig()
            .withNullValues(true)
            .withSerializers(new BytesMapping.OfArray(), new BytesMapping.OfBuffer())
            .withDeserializers(new BytesMapping.OfArray(), new BytesMapping.OfBuffer());

    /** A value that could not be mapped; the message names what and why. */
    public static final class MappingException extends Exception {
        MappingException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * The body of a CALL with the attachments it refers to.
     *
     * @param carrier of the trace that the call belongs to; empty if it belongs to none
     * @throws MappingException if JSON-B can not write an argument
     */
    public Frame call(
            long requestId,
            String function,
            Map<String, @Nullable Object> arguments,
            long timeoutMillis,
            Map<String, String> carrier)
            throws MappingException {
        Attachments attachments = Attachments.collecting();
        StringBuilder json = new StringBuilder(128);
        json.append("{\"function\":\"")
                .append(function)
                .append("\",\"timeoutMillis\":")
                .append(timeoutMillis);
        if (!carrier.isEmpty()) {
            JsonObjectBuilder trace = Json.createObjectBuilder();
            carrier.forEach(trace::add);
            json.append(",\"trace\":").append(trace.build());
        }
        json.append(",\"arguments\":{");
        String separator = "";
        for (Map.Entry<String, @Nullable Object> argument : arguments.entrySet()) {
            json.append(separator).append('"').append(argument.getKey()).append("\":");
            json.append(toJson(argument.getKey(), argument.getValue(), attachments));
            separator = ",";
        }
        json.append("}}");
        int flags = attachments.buffers().isEmpty() ? 0 : Frame.REFERENCES;
        byte[] body = UnicodeText.utf8(json.toString());
        return new Frame(FrameType.CALL, flags, requestId, body, attachments.buffers());
    }

    private String toJson(@Nullable String argument, @Nullable Object value, Attachments attachments)
            throws MappingException {
        if (value == null) {
            return "null";
        }
        if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            return value.toString();
        }
        if (value instanceof String text && UnicodeText.isPlain(text)) {
            return '"' + text + '"';
        }
        if (value instanceof byte[] bytes) {
            return BytesMapping.reference(attachments.add(ByteBuffer.wrap(bytes)));
        }
        if (value instanceof ByteBuffer bytes) {
            return BytesMapping.reference(attachments.add(bytes.duplicate()));
        }
        try {
            return attachments.during(() -> jsonb().toJson(value));
        } catch (RuntimeException | StackOverflowError e) {
            String what = argument == null ? "the result" : "argument '" + argument + "'";
            throw new MappingException(
                    what + " (" + value.getClass().getName() + ") can not be written as JSON: " + reason(e), e);
        }
    }

    /**
     * The value of a RESULT.
     *
     * @return null for JSON null and for the type {@code Void}
     * @throws MappingException if the JSON does not fit the type
     */
    public @Nullable Object result(Frame frame, Type type) throws MappingException {
        if (type == Void.class || type == void.class || Arrays.equals(frame.body(), NULL)) {
            return null;
        }
        if (type == byte[].class || type == ByteBuffer.class) {
            return bytes(frame, type);
        }
        if (type == String.class) {
            String plain = UnicodeText.plain(frame.body());
            if (plain != null) {
                return plain;
            }
        }
        try {
            return Attachments.of(frame.attachments()).during(() -> jsonb().fromJson(frame.text(), type));
        } catch (RuntimeException | StackOverflowError e) {
            throw new MappingException("the result can not be read as " + type.getTypeName() + ": " + reason(e), e);
        }
    }

    /**
     * An argument with which Python calls a method of the application.
     *
     * @throws MappingException if it does not fit the type
     */
    public @Nullable Object argument(String name, @Nullable JsonValue value, List<ByteBuffer> attachments, Type type)
            throws MappingException {
        if (value == null || value == JsonValue.NULL) {
            return null;
        }
        try {
            return Attachments.of(attachments).during(() -> argument(value, type));
        } catch (RuntimeException | StackOverflowError e) {
            throw new MappingException(
                    "argument '" + name + "' can not be read as " + type.getTypeName() + ": " + reason(e), e);
        }
    }

    /** JSON-B asks no deserializer for an array that stands alone. */
    private Object argument(JsonValue value, Type type) {
        if (type == byte[].class) {
            return Attachments.bytes(BytesMapping.referred(value));
        }
        return type == ByteBuffer.class ? BytesMapping.referred(value) : jsonb().fromJson(value.toString(), type);
    }

    /**
     * What a method of the application has returned to Python.
     *
     * @throws MappingException if JSON-B can not write it
     */
    public Frame hostResult(long requestId, @Nullable Object value) throws MappingException {
        Attachments attachments = Attachments.collecting();
        String json = toJson(null, value, attachments);
        int flags = attachments.buffers().isEmpty() ? 0 : Frame.REFERENCES;
        return new Frame(FrameType.HOST_RESULT, flags, requestId, UnicodeText.utf8(json), attachments.buffers());
    }

    private static Object bytes(Frame frame, Type type) throws MappingException {
        boolean onlyBytes = frame.has(Frame.REFERENCES)
                && frame.attachments().size() == 1
                && Arrays.equals(frame.body(), ONLY_BYTES);
        if (!onlyBytes) {
            throw new MappingException(
                    "the result can not be read as bytes: Python sent another value",
                    new IllegalArgumentException("not a reference"));
        }
        ByteBuffer attachment = frame.attachments().get(0);
        return type == ByteBuffer.class ? attachment : Attachments.bytes(attachment);
    }

    private Jsonb jsonb() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context == null ? ValueMapper.class.getClassLoader() : context;
        synchronized (byLoader) {
            WeakReference<Jsonb> held = byLoader.get(loader);
            Jsonb jsonb = held == null ? null : held.get();
            if (jsonb == null) {
                jsonb = JsonbBuilder.create(config);
                byLoader.put(loader, new WeakReference<>(jsonb));
            }
            return jsonb;
        }
    }

    private static String reason(Throwable e) {
        if (e instanceof StackOverflowError) {
            return "it is nested too deeply or holds itself";
        }
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }
}
