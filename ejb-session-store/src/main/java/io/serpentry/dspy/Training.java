// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a program is compiled. Immutable; each method gives a new one.
 *
 * @param optimizer {@code BootstrapFewShot} or {@code LabeledFewShot}
 * @param metric {@code exact}, or {@code module:function} of one that a module of the pool registers
 * @param options of the optimizer, such as {@code max_bootstrapped_demos}
 */
public record Training(List<Example> examples, String optimizer, String metric, Map<String, Integer> options) {

    /** What is asked, and what should come of it. */
    public record Example(Map<String, Object> inputs, Map<String, Object> outputs) {

        public Example {
            inputs = Map.copyOf(inputs);
            outputs = Map.copyOf(outputs);
        }
    }

    public Training {
        examples = List.copyOf(examples);
        options = Map.copyOf(options);
    }

    public static Training bootstrapFewShot() {
        return new Training(List.of(), "BootstrapFewShot", "exact", Map.of());
    }

    public Training example(Map<String, Object> inputs, Map<String, Object> outputs) {
        List<Example> more = new ArrayList<>(examples);
        more.add(new Example(inputs, outputs));
        return new Training(more, optimizer, metric, options);
    }

    public Training optimizer(String value) {
        return new Training(examples, value, metric, options);
    }

    public Training metric(String value) {
        return new Training(examples, optimizer, value, options);
    }

    public Training option(String name, int value) {
        Map<String, Integer> more = new LinkedHashMap<>(options);
        more.put(name, value);
        return new Training(examples, optimizer, metric, more);
    }
}
