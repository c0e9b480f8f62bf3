// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;

/**
 * What a program has given.
 *
 * @param outputs the fields of its signature
 * @param details what else it has told: the {@code reasoning} of a chain of thought, the {@code trajectory} of an agent
 */
public record Prediction(JsonObject outputs, JsonObject details, List<ModelUse> usage) {

    public Prediction {
        usage = List.copyOf(usage);
    }

    /** @throws PythonException {@code INVALID_ARGUMENT} if there is no such output, or if it is no text */
    public String text(String output) {
        if (outputs.get(output) instanceof JsonString text) {
            return text.getString();
        }
        throw unfit(output, "text");
    }

    /** @throws PythonException {@code INVALID_ARGUMENT} if there is no such output, or if it is no number */
    public double number(String output) {
        if (outputs.get(output) instanceof JsonNumber number) {
            return number.doubleValue();
        }
        throw unfit(output, "number");
    }

    private PythonException unfit(String output, String wanted) {
        JsonValue value = outputs.get(output);
        String found = value == null ? "there are " + outputs.keySet() : "it is a " + value.getValueType();
        return PythonException.of(ErrorDetail.of(
                ErrorCode.INVALID_ARGUMENT, "The prediction has no " + wanted + " \"" + output + "\": " + found));
    }
}
