// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.config;

import io.serpentry.admin.http.Answer;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What is configured.
 *
 * @param settings ordered by key
 * @param pools the settings of each pool by its name
 */
@JsonbPropertyOrder({"settings", "pools"})
public record ConfigDocument(List<Setting> settings, SortedMap<String, Map<String, String>> pools) implements Answer {

    /** A setting; {@code source} is what said so, {@code default} if nothing did. */
    @JsonbPropertyOrder({"key", "value", "source"})
    public record Setting(String key, String value, String source) {}

    public ConfigDocument {
        settings = List.copyOf(settings);
    }
}
