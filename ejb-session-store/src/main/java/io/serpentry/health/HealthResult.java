// SPDX-License-Identifier: Apache-2.0
package io.serpentry.health;

import java.util.Map;
import java.util.TreeMap;

/**
 * One thing that was looked at.
 *
 * @param data texts and numbers by name, in the order of the names; what is not known is left out
 */
public record HealthResult(String name, boolean up, Map<String, Object> data) {

    public HealthResult {
        data = new TreeMap<>(data);
    }
}
