// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import io.serpentry.alert.Alert;
import io.serpentry.session.internal.config.AlertSettings.WebhookSettings;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** Tells the webhook of alerts, one after the other, on threads of the container. Safe for use by any number of threads. */
@ApplicationScoped
public class AlertWebhook {

    @Resource
    ManagedExecutorService threads;

    @Inject
    WebhookSender sender;

    @Inject
    AlertMetrics metrics;

    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    /** Does not wait. What can not be told is logged and counted. */
    synchronized void tell(WebhookSettings webhook, Alert alert) {
        last = last.thenRunAsync(() -> send(webhook, alert), threads);
    }

    private void send(WebhookSettings webhook, Alert alert) {
        try {
            sender.send(webhook, json(alert));
            metrics.webhook(true);
        } catch (IOException | RuntimeException e) {
            failed(alert, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(alert, e);
        }
    }

    private void failed(Alert alert, Exception e) {
        AlertLog.LOG.webhookFailed(alert.id(), alert.isOpen() ? "raised" : "cleared", e.toString());
        metrics.webhook(false);
    }

    static String json(Alert alert) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("type", alert.isOpen() ? "alert.raised" : "alert.cleared")
                .add("id", alert.id())
                .add("rule", alert.rule().key())
                .add("subject", alert.subject())
                .add("server", alert.server())
                .add("value", alert.value())
                .add("threshold", alert.threshold())
                .add("message", alert.message())
                .add("raisedAt", alert.raisedAt().toString());
        Instant cleared = alert.clearedAt();
        if (cleared != null) {
            json.add("clearedAt", cleared.toString());
        }
        return json.build().toString();
    }
}
