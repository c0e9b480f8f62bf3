// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a program is given, and what it gives. Immutable; each method gives a new one.
 *
 * @param instructions what the model is told to do, null for what DSPy makes of the fields
 */
public record Signature(
        List<Field> inputs, List<Field> outputs, @Nullable String instructions) {

    /**
     * @param type of Python, for example {@code str} or {@code list[float]}
     * @param description told to the model, null for none
     */
    public record Field(String name, String type, @Nullable String description) {}

    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    public static Signature empty() {
        return new Signature(List.of(), List.of(), null);
    }

    public Signature input(String name, String type) {
        return input(name, type, null);
    }

    public Signature input(String name, String type, @Nullable String description) {
        return new Signature(with(inputs, new Field(name, type, description)), outputs, instructions);
    }

    public Signature output(String name, String type) {
        return output(name, type, null);
    }

    public Signature output(String name, String type, @Nullable String description) {
        return new Signature(inputs, with(outputs, new Field(name, type, description)), instructions);
    }

    public Signature instructions(String value) {
        return new Signature(inputs, outputs, value);
    }

    private static List<Field> with(List<Field> fields, Field field) {
        List<Field> more = new ArrayList<>(fields);
        more.add(field);
        return more;
    }
}
