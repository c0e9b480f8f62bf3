// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import io.serpentry.admin.problem.Refusal;
import io.smallrye.metrics.SharedMetricRegistries;
import io.smallrye.metrics.exporters.PrometheusMetricsExporter;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of this application as Prometheus reads them. SmallRye's own request handler is not used: it lets pages of
 * every site read its answers (CORS), and logs a warning for each request that it does not like.
 */
final class Exposition {

    static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private Exposition() {}

    /**
     * The metrics of one scope.
     *
     * @param scope {@code application}, {@code base} or one that the application has made; null for all
     * @throws io.serpentry.connector.PythonException with the code {@code NOT_FOUND} if nothing has that scope
     */
    static String of(@Nullable String scope) {
        PrometheusMetricsExporter exporter = new PrometheusMetricsExporter();
        if (scope == null) {
            return exporter.exportAllScopes();
        }
        // Asking for a registry would make it.
        if (!SharedMetricRegistries.doesScopeExist(scope)) {
            throw Refusal.notFound("there is no scope '" + scope + "'; there are: "
                    + String.join(", ", new TreeSet<>(SharedMetricRegistries.getRegistryScopeNames())));
        }
        return exporter.exportOneScope(scope);
    }
}
