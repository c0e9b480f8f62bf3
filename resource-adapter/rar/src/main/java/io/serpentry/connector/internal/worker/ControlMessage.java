// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.PythonFrame;
import io.serpentry.connector.PythonTrace;
import io.serpentry.connector.internal.wire.Frame;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        return value != null && value.getValueType() == JsonValue.ValueType.NUMBER ? json.getInt(name) : otherwise;
    }

    boolean flag(String name) {
        return json.get(name) == JsonValue.TRUE;
    }

    /** The members of the object of that name, as text. */
    Map<String, String> texts(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (json.get(name) instanceof JsonObject object) {
            object.forEach((key, value) ->
                    texts.put(key, value instanceof JsonString string ? string.getString() : value.toString()));
        }
        return texts;
    }

    /** The Python side of an error or of a stack report. */
    PythonTrace trace(String tracebackField) {
        return new PythonTrace(text("type", ""), text("message", ""), text(tracebackField, ""), frames());
    }

    private List<PythonFrame> frames() {
        if (!json.containsKey("frames") || !(json.get("frames") instanceof jakarta.json.JsonArray array)) {
            return List.of();
        }
        return array.stream()
                .filter(JsonObject.class::isInstance)
                .map(frame -> frame(new ControlMessage(frame.asJsonObject())))
                .toList();
    }

    private static PythonFrame frame(ControlMessage frame) {
        return new PythonFrame(
                frame.text("file", "?"),
                (int) frame.number("line", -1),
                frame.text("function", "?"),
                frame.text("module", "?"));
    }
}
