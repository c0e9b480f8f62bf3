// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

/** What a migration is for. */
public enum MigrationKind {
    /** Sessions go from one worker to another that was named. */
    MIGRATE,
    /** All sessions leave a worker, which is ended then. */
    EVACUATE,
    /** The sessions of a pool are shared out among its workers. */
    REBALANCE,
    /** All sessions leave the workers of this server, which is about to be taken out of service. */
    DRAIN
}
