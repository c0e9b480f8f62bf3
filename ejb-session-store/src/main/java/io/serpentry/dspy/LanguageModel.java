// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The language model that programs use. Immutable; each method gives a new one.
 *
 * @param name as DSPy names it, for example {@code openai/gpt-4o-mini}
 * @param baseUrl of another endpoint than the provider's, null for that
 * @param keyVariable the environment variable of the Python workers that holds the key; null if the model needs none. The key itself is
 *     never stored
 * @param options of {@code dspy.LM}, such as {@code temperature}, {@code max_tokens}, {@code num_retries}, {@code timeout} in seconds
 */
public record LanguageModel(
        String name, @Nullable String baseUrl, @Nullable String keyVariable, Map<String, Object> options) {

    public LanguageModel {
        options = Map.copyOf(options);
    }

    public static LanguageModel of(String name) {
        return new LanguageModel(name, null, null, Map.of());
    }

    public LanguageModel baseUrl(String value) {
        return new LanguageModel(name, value, keyVariable, options);
    }

    public LanguageModel keyVariable(String value) {
        return new LanguageModel(name, baseUrl, value, options);
    }

    public LanguageModel option(String option, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return new LanguageModel(name, baseUrl, keyVariable, more);
    }
}
