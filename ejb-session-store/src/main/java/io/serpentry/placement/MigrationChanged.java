// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

/** CDI event: a migration is in another state. Fired on the server that changed it, after the change is stored. */
public record MigrationChanged(Migration migration) {}
