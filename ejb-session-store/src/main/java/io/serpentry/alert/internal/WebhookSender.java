// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import io.serpentry.session.internal.config.AlertSettings.WebhookSettings;
import io.smallrye.faulttolerance.api.ExponentialBackoff;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.jspecify.annotations.Nullable;

/** Posts to the webhook, and repeats what fails: five times in all, with growing pauses. */
@ApplicationScoped
public class WebhookSender {

    /** Made when it is first needed, for it has a thread. */
    private @Nullable HttpClient http;

    private synchronized HttpClient http() {
        HttpClient client = http;
        if (client == null) {
            client = HttpClient.newHttpClient();
            http = client;
        }
        return client;
    }

    /** @throws IOException if it can not be reached, is too slow, or answers with another status than 2xx; the last time */
    @Retry(maxRetries = 4, delay = 250, jitter = 50, maxDuration = 120_000, retryOn = IOException.class)
    @ExponentialBackoff(maxDelay = 5000)
    public void send(WebhookSettings webhook, String json) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(webhook.url())
                .timeout(webhook.timeout())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
        if (!webhook.secret().isEmpty()) {
            request.header(webhook.header(), webhook.secret());
        }
        HttpResponse<Void> answer = http().send(request.build(), BodyHandlers.discarding());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("it answered with status " + answer.statusCode());
        }
    }
}
