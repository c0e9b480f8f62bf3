// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import org.jspecify.annotations.Nullable;

/**
 * What a call has used of one language model.
 *
 * @param cost in US dollars by DSPy's list of prices, null unless that has a price for each of these calls
 */
public record ModelUse(
        String model,
        int calls,
        long promptTokens,
        long completionTokens,
        @Nullable Double cost) {}
