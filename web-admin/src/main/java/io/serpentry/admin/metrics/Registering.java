// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import io.smallrye.metrics.legacyapi.LegacyMetricRegistryAdapter;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/** What registering metrics takes, wherever they are counted. */
final class Registering {

    private Registering() {}

    static Metadata metadata(String name, String unit, String description) {
        return Metadata.builder()
                .withName(name)
                .withUnit(unit)
                .withDescription(description)
                .build();
    }

    /** MicroProfile has no counter of what is counted elsewhere. SmallRye has; its reference to what counts is weak. */
    static <T> void counter(
            MetricRegistry registry, Metadata metadata, T counted, ToDoubleFunction<T> count, Tag... tags) {
        ((LegacyMetricRegistryAdapter) registry).counter(metadata, counted, count, tags);
    }
}
