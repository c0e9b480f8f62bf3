// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import io.serpentry.alert.Alert;
import io.serpentry.alert.AlertRule;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/** What is counted of alerts. Safe for use by any number of threads. */
@ApplicationScoped
public class AlertMetrics {

    private static final Metadata OPEN = metadata(
            "serpentry_alerts_open",
            "Alerts that are open, of all servers and of the shared store, as of this server's last look");
    private static final Metadata WEBHOOK =
            metadata("serpentry_alert_webhook_total", "Alerts that the webhook was told of, or could not be told of");

    @Inject
    MetricRegistry registry;

    private volatile List<Alert> open = List.of();

    private static Metadata metadata(String name, String description) {
        return Metadata.builder().withName(name).withDescription(description).build();
    }

    @PostConstruct
    void register() {
        for (AlertRule rule : AlertRule.values()) {
            registry.gauge(OPEN, () -> count(rule), new Tag("rule", rule.key()));
        }
        registry.counter(WEBHOOK, new Tag("outcome", "ok"));
        registry.counter(WEBHOOK, new Tag("outcome", "failed"));
    }

    private long count(AlertRule rule) {
        return open.stream().filter(alert -> alert.rule() == rule).count();
    }

    void open(List<Alert> alerts) {
        open = alerts;
    }

    void webhook(boolean told) {
        registry.counter(WEBHOOK, new Tag("outcome", told ? "ok" : "failed")).inc();
    }
}
