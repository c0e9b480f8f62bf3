// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert;

/** CDI event: an alert is over. Fired on one server. */
public record AlertCleared(Alert alert) {}
