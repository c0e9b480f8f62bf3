// SPDX-License-Identifier: Apache-2.0
package io.serpentry.dspy;

import java.util.List;

/**
 * What an optimizer has found.
 *
 * @param demos that the program has now
 * @param measured how many predictions were measured, and how many of them the metric accepted
 */
public record Compilation(int demos, int measured, int accepted, List<ModelUse> usage) {

    public Compilation {
        usage = List.copyOf(usage);
    }
}
