// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a program is created with. Immutable; each method gives a new one.
 *
 * @param id 1 to 200 letters, digits and {@code . _ : -}
 * @param type {@code predict}, {@code chain_of_thought}, {@code react}, {@code program_of_thought}, or {@code module:Class} of a class that a
 *     module of the pool allows
 * @param signature a text such as {@code question -> answer: float}, a {@link Signature}, or null for a class that has its own
 * @param arguments of the class's constructor, such as {@code max_iters}
 * @param lifetime of a global program, null for no end
 */
public record NewProgram(
        String id,
        String type,
        @Nullable Object signature,
        Map<String, Object> arguments,
        List<Tool> tools,
        @Nullable Duration lifetime) {

    /**
     * What an agent may use: a registered Python function, or a method of the server annotated with
     * {@link io.serpentry.connector.cdi.PythonCallable}.
     *
     * @param arguments of a method: the JSON type of each, for example {@code string}
     */
    public record Tool(
            @Nullable String function,
            @Nullable String method,
            @Nullable String description,
            Map<String, String> arguments) {

        public Tool {
            arguments = Map.copyOf(arguments);
        }

        /** @param name as Java would call it, for example {@code claims.lookup} */
        public static Tool function(String name) {
            return new Tool(name, null, null, Map.of());
        }

        public static Tool method(String name, String description, Map<String, String> arguments) {
            return new Tool(null, name, description, arguments);
        }
    }

    public NewProgram {
        arguments = Map.copyOf(arguments);
        tools = List.copyOf(tools);
    }

    public static NewProgram predict(String id, String signature) {
        return of(id, "predict", signature);
    }

    public static NewProgram chainOfThought(String id, String signature) {
        return of(id, "chain_of_thought", signature);
    }

    public static NewProgram react(String id, String signature, Tool... tools) {
        return new NewProgram(id, "react", signature, Map.of(), List.of(tools), null);
    }

    public static NewProgram of(String id, String type, String signature) {
        return new NewProgram(id, type, signature, Map.of(), List.of(), null);
    }

    public static NewProgram of(String id, String type, Signature signature) {
        return new NewProgram(id, type, signature, Map.of(), List.of(), null);
    }

    /** Of a class that has a signature of its own. */
    public static NewProgram of(String id, String type) {
        return new NewProgram(id, type, null, Map.of(), List.of(), null);
    }

    public NewProgram argument(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(arguments);
        more.put(name, value);
        return new NewProgram(id, type, signature, more, tools, lifetime);
    }

    public NewProgram tool(Tool tool) {
        List<Tool> more = new ArrayList<>(tools);
        more.add(tool);
        return new NewProgram(id, type, signature, arguments, more, lifetime);
    }

    public NewProgram lifetime(Duration value) {
        return new NewProgram(id, type, signature, arguments, tools, value);
    }
}
