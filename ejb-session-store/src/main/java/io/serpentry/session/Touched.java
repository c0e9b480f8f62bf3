// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Instant;

/** What a touch has done, and when the session expires now. */
public record Touched(Outcome outcome, Instant expiresAt) {

    /** Whether the access is in the store. */
    public enum Outcome {
        WRITTEN,
        /** The last one that was written is so recent that the session can not expire too early for it. */
        COALESCED,
        /** Another transaction holds the session; ask again, or the session may expire earlier than it should. */
        BUSY
    }
}
