// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert;

/** CDI event: an alert was raised. Fired on one server, after it was stored, or at once while the database is down. */
public record AlertRaised(Alert alert) {}
