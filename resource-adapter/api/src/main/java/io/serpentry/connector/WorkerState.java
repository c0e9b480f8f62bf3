// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** Where a worker process is in its life; it only ever moves to the right: STARTING, LIVE, DRAINING, DEAD. */
public enum WorkerState {
    STARTING,
    LIVE,
    DRAINING,
    DEAD
}
