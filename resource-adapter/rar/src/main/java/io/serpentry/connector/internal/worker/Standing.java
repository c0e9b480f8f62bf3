// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

/**
 * What is intended with a worker that lives.
 *
 * <pre>
 *   SERVING ---cordon---> CORDONED
 *    |   |  <--uncordon--    |
 *    |   |                   | recycle, drain
 *    |   +------drain-----+  |
 *    | recycle, limit     |  |
 *    v                    v  v
 *   DUE --cordon, drain--> LEAVING
 * </pre>
 */
enum Standing {
    SERVING,
    /** Gets no new request, and may come back. */
    CORDONED,
    /** Is ended once another has taken its place; serves until then. */
    DUE,
    /** Gets no new request, and is ended once another has taken its place. */
    LEAVING;

    boolean takesRequests() {
        return this == SERVING || this == DUE;
    }

    boolean isToBeReplaced() {
        return this != SERVING;
    }

    boolean endsWhenReplaced() {
        return this == DUE || this == LEAVING;
    }

    Standing cordoned() {
        return endsWhenReplaced() ? LEAVING : CORDONED;
    }

    Standing recycled() {
        return takesRequests() ? DUE : LEAVING;
    }
}
