// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/** Why a worker was started. */
public enum WorkerStartReason {
    /** The container wanted one more connection: to fill the pool, or for a request. */
    DEMAND,
    /** The container wanted a connection in the place of one whose worker was lost, or had to be killed. */
    RECOVERY,
    /** It takes the place of one that is cordoned, drained, recycled or over a limit. */
    CARE
}
