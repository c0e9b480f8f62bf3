// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the functions {@code dspy.*} take and give. */
final class DspyJson {

    private DspyJson() {}

    static @Nullable Object signature(@Nullable Object signature) {
        if (!(signature instanceof Signature typed)) {
            return signature;
        }
        Map<String, @Nullable Object> json = new HashMap<>();
        json.put("inputs", typed.inputs().stream().map(DspyJson::field).toList());
        json.put("outputs", typed.outputs().stream().map(DspyJson::field).toList());
        json.put("instructions", typed.instructions());
        return json;
    }

    private static Map<String, @Nullable Object> field(Signature.Field field) {
        Map<String, @Nullable Object> json = new HashMap<>();
        json.put("name", field.name());
        json.put("type", field.type());
        json.put("description", field.description());
        return json;
    }

    static Map<String, @Nullable Object> tool(NewProgram.Tool tool) {
        Map<String, @Nullable Object> json = new HashMap<>();
        json.put("function", tool.function());
        json.put("method", tool.method());
        json.put("description", tool.description());
        json.put("arguments", tool.arguments());
        return json;
    }

    static Map<String, Object> example(Training.Example example) {
        return Map.of("inputs", example.inputs(), "outputs", example.outputs());
    }

    static Prediction prediction(JsonObject answer) {
        return new Prediction(answer.getJsonObject("outputs"), answer.getJsonObject("details"), usage(answer));
    }

    static Compilation compilation(JsonObject answer) {
        return new Compilation(
                answer.getInt("demos"), answer.getInt("measured"), answer.getInt("accepted"), usage(answer));
    }

    private static List<ModelUse> usage(JsonObject answer) {
        return answer.getJsonArray("usage").stream()
                .map(used -> use(used.asJsonObject()))
                .toList();
    }

    private static ModelUse use(JsonObject used) {
        return new ModelUse(
                used.getString("model"),
                used.getInt("calls"),
                used.getJsonNumber("prompt_tokens").longValue(),
                used.getJsonNumber("completion_tokens").longValue(),
                used.get("cost") instanceof JsonNumber cost ? cost.doubleValue() : null);
    }

    static ProgramInfo info(JsonObject program) {
        return new ProgramInfo(
                program.getString("id"),
                "global".equals(program.getString("scope")),
                program.getString("program_type"),
                program.get("signature") instanceof JsonObject signature ? signature(signature) : null,
                Instant.parse(program.getString("created_at")),
                instant(program, "expires_at"),
                program.getJsonNumber("execution_count").longValue(),
                instant(program, "last_executed"),
                program.get("progress") instanceof JsonObject progress ? progress(progress) : null);
    }

    private static ProgramInfo.Progress progress(JsonObject json) {
        return new ProgramInfo.Progress(json.getInt("done"), json.getInt("total"), json.getInt("accepted"));
    }

    private static Signature signature(JsonObject json) {
        return new Signature(
                fields(json.getJsonArray("inputs")), fields(json.getJsonArray("outputs")), text(json, "instructions"));
    }

    private static List<Signature.Field> fields(JsonArray fields) {
        return fields.stream()
                .map(JsonValue::asJsonObject)
                .map(field -> new Signature.Field(
                        field.getString("name"), field.getString("type"), text(field, "description")))
                .toList();
    }

    private static @Nullable String text(JsonObject json, String name) {
        return json.isNull(name) ? null : json.getString(name);
    }

    private static @Nullable Instant instant(JsonObject json, String name) {
        return json.isNull(name) ? null : Instant.parse(json.getString(name));
    }

    /** Nothing where Python says NOT_FOUND. */
    static <T> Optional<T> found(Supplier<T> answer) {
        try {
            return Optional.of(answer.get());
        } catch (PythonException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
