// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.FunctionInfo;
import io.serpentry.connector.PythonFrame;
import io.serpentry.connector.PythonTrace;
import io.serpentry.connector.internal.wire.Frame;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The JSON body of a message from a worker or a zygote, read with care: a field that is missing or of another type is null. */
record ControlMessage(JsonObject json) {

    /** @throws IOException if the body is no JSON object */
    static ControlMessage of(Frame frame) throws IOException {
        try (JsonReader reader = Json.createReader(new StringReader(frame.text()))) {
            return new ControlMessage(reader.readObject());
        } catch (JsonException e) {
            throw new IOException("the body of " + frame.type() + " is no JSON object", e);
        }
    }

    @Nullable
    String text(String name) {
        return json.get(name) instanceof JsonString string ? string.getString() : null;
    }

    String text(String name, String otherwise) {
        String text = text(name);
        return text == null ? otherwise : text;
    }

    long number(String name, long otherwise) {
        JsonValue value = json.get(name);
        return value != null && value.getValueType() == JsonValue.ValueType.NUMBER
                ? json.getJsonNumber(name).longValue()
                : otherwise;
    }

    private static String asText(JsonValue value) {
        if (value instanceof JsonArray array) {
            return array.stream().map(ControlMessage::asText).collect(Collectors.joining(", "));
        }
        return value instanceof JsonString string ? string.getString() : value.toString();
    }

    /** The timeouts that the functions of a HELLO declare, by function name; empty if the message lists no function. */
    Optional<Map<String, Duration>> declaredTimeouts() {
        List<ControlMessage> functions = objects("functions");
        Map<String, Duration> timeouts = new LinkedHashMap<>();
        for (ControlMessage function : functions) {
            long millis = function.number("timeoutMillis", 0);
            if (millis > 0) {
                timeouts.put(function.text("name", ""), Duration.ofMillis(millis));
            }
        }
        return functions.isEmpty() ? Optional.empty() : Optional.of(Map.copyOf(timeouts));
    }

    /** The functions that a HELLO lists; empty if it lists none, as on a worker's further channels. */
    Optional<List<FunctionInfo>> functions() {
        List<FunctionInfo> functions =
                objects("functions").stream().map(ControlMessage::function).toList();
        return functions.isEmpty() ? Optional.empty() : Optional.of(functions);
    }

    private static FunctionInfo function(ControlMessage function) {
        long millis = function.number("timeoutMillis", 0);
        return new FunctionInfo(
                function.text("name", ""),
                function.text("doc", ""),
                function.flag("idempotent"),
                millis > 0 ? Duration.ofMillis(millis) : null,
                function.strings("uses"),
                function.flag("shared"),
                function.text("returns", ""),
                function.objects("parameters").stream()
                        .map(parameter -> new FunctionInfo.Parameter(
                                parameter.text("name", ""), parameter.text("type", ""), parameter.flag("required")))
                        .toList());
    }

    private List<String> strings(String name) {
        if (!(json.get(name) instanceof JsonArray array)) {
            return List.of();
        }
        return array.stream()
                .filter(JsonString.class::isInstance)
                .map(string -> ((JsonString) string).getString())
                .toList();
    }

    private List<ControlMessage> objects(String name) {
        if (!(json.get(name) instanceof JsonArray array)) {
            return List.of();
        }
        return array.stream()
                .filter(JsonObject.class::isInstance)
                .map(object -> new ControlMessage(object.asJsonObject()))
                .toList();
    }

    boolean flag(String name) {
        return json.get(name) == JsonValue.TRUE;
    }

    /** The members of the object of that name, as text. */
    Map<String, String> texts(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (json.get(name) instanceof JsonObject object) {
            object.forEach((key, value) -> texts.put(key, asText(value)));
        }
        return texts;
    }

    /** The Python side of an error or of a stack report. */
    PythonTrace trace(String tracebackField) {
        return new PythonTrace(text("type", ""), text("message", ""), text(tracebackField, ""), frames());
    }

    private List<PythonFrame> frames() {
        return objects("frames").stream().map(ControlMessage::frame).toList();
    }

    private static PythonFrame frame(ControlMessage frame) {
        return new PythonFrame(
                frame.text("file", "?"),
                (int) frame.number("line", -1),
                frame.text("function", "?"),
                frame.text("module", "?"));
    }
}
