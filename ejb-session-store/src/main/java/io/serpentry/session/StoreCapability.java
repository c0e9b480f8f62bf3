// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

/** What not every store can do. */
public enum StoreCapability {
    /** What it has acknowledged survives the end of the process. */
    DURABLE,
    /** Takes part in the caller's JTA transaction. */
    TRANSACTIONAL,
    /** Several servers may use it at once. */
    SHARED,
    /** Keeps earlier versions of entries, and restores them. */
    HISTORY
}
