// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

/**
 * Whether a pool can serve.
 *
 * @param state UP if the next call can be served; DEGRADED if workers are fewer than the minimum or were lost within the
 *     last minute; DOWN if the last start failed and no worker lives
 * @param reason one sentence for a person, never empty
 */
public record PoolHealth(State state, String reason) {
    public enum State {
        UP,
        DEGRADED,
        DOWN
    }
}
