// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import io.serpentry.alert.AlertRule;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is configured for alerts.
 *
 * @param interval between looks
 * @param window what rates and percentiles are about
 * @param keep how long alerts that are cleared are listed
 * @param webhook null if there is none
 */
public record AlertSettings(
        Duration interval,
        Duration window,
        Duration keep,
        Map<AlertRule, RuleSettings> rules,
        @Nullable WebhookSettings webhook,
        Collection<Setting> effective) {

    static final String PREFIX = "serpentry.alert.";
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    public AlertSettings {
        rules = Map.copyOf(rules);
        effective = List.copyOf(effective);
    }

    /** @param pending how long the figure has to be over the threshold; zero: one look is enough */
    public record RuleSettings(boolean enabled, double threshold, Duration pending) {}

    /**
     * Where alerts are posted to.
     *
     * @param timeout of one attempt
     * @param header the name of the header with the secret
     * @param secret empty if there is none
     */
    public record WebhookSettings(URI url, Duration timeout, String header, String secret) {

        /** Without the secret. */
        @Override
        public String toString() {
            return url + " (" + timeout + ")";
        }
    }

    public RuleSettings rule(AlertRule rule) {
        return Objects.requireNonNull(rules.get(rule));
    }

    /** Throws {@link InvalidSettingsException}, which names what is wrong. */
    public static AlertSettings of(Config config) {
        SettingsReader reader = new SettingsReader(config);
        Duration interval = reader.duration(
                PREFIX + "interval", Duration.ofSeconds(15), Duration.ofMillis(100), Duration.ofHours(1));
        Duration window =
                reader.duration(PREFIX + "window", Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofHours(1));
        Duration keep =
                reader.duration(PREFIX + "keep", Duration.ofDays(30), Duration.ofMinutes(1), Duration.ofDays(3650));
        Map<AlertRule, RuleSettings> rules = new EnumMap<>(AlertRule.class);
        for (AlertRule rule : AlertRule.values()) {
            rules.put(rule, rule(reader, rule));
        }
        WebhookSettings webhook = webhook(reader);
        reader.requireKnown(PREFIX);
        reader.requireNoProblem();
        return new AlertSettings(
                interval, window, keep, rules, webhook, reader.effective().values());
    }

    private static RuleSettings rule(SettingsReader reader, AlertRule rule) {
        String key = PREFIX + rule.key();
        return new RuleSettings(
                reader.flag(key + ".enabled", true),
                reader.decimal(key + ".threshold", rule.defaultThreshold(), 0, 1e15),
                reader.duration(key + ".for", rule.defaultFor(), Duration.ZERO, LONGEST_WAIT));
    }

    private static @Nullable WebhookSettings webhook(SettingsReader reader) {
        String key = PREFIX + "webhook.";
        URI url = reader.httpAddressOrNull(key + "url");
        Duration timeout =
                reader.duration(key + "timeout", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(1));
        String header = reader.headerName(key + "header", "Authorization");
        String secret = reader.secret(key + "secret");
        return url == null ? null : new WebhookSettings(url, timeout, header, secret);
    }
}
