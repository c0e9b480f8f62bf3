// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import io.serpentry.alert.AlertRule;

/**
 * A figure as it is now.
 *
 * @param subject the pool; empty if the rule is not about one
 */
record Reading(AlertRule rule, String subject, double value) {

    Reading(AlertRule rule, double value) {
        this(rule, "", value);
    }

    Key key() {
        return new Key(rule, subject);
    }

    /** What an alert is about; of each at most one is open on a server. */
    record Key(AlertRule rule, String subject) {}
}
