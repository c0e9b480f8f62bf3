// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.time.Instant;

/** A call that is running. {@code timeoutMillis} counts from {@code startedAt}. */
public record CurrentCall(String function, Instant startedAt, long timeoutMillis) {}
