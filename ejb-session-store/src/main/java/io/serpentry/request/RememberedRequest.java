// SPDX-License-Identifier: Apache-2.0
package io.serpentry.request;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The first request with a key.
 *
 * @param done null while it is under way, or if nobody knows how it has ended
 */
public record RememberedRequest(Instant begunAt, @Nullable Done done) {

    /**
     * What it asked for, and what it was answered.
     *
     * @param fingerprint the SHA-256, in hexadecimal, of what was asked for
     */
    public record Done(String fingerprint, RememberedAnswer answer) {}
}
