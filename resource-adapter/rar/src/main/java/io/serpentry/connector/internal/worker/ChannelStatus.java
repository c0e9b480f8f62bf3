// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link WorkerChannel} is, with what belongs to it: the exchange in CHECKING, BUSY and DOOMED, the doom in DOOMED.
 * Two statuses are the same only if they are the same object, so a compare-and-set also tells one call from the next.
 */
record ChannelStatus(
        Phase phase, @Nullable Exchange exchange, @Nullable Doom doom) {

    enum Phase {
        IDLE,
        /** On its way from one seat to another, or in none. */
        ASIDE,
        CHECKING,
        TAKEN,
        BUSY,
        DOOMED,
        CLOSED
    }

    /**
     * A request whose answer is awaited: a call, or a check.
     *
     * @param deadline in the time of {@link Deadlines#now()}
     */
    record Exchange(String what, long request, Instant startedAt, Duration timeout, long deadline) {}

    static final ChannelStatus IDLE = new ChannelStatus(Phase.IDLE, null, null);
    static final ChannelStatus ASIDE = new ChannelStatus(Phase.ASIDE, null, null);
    static final ChannelStatus TAKEN = new ChannelStatus(Phase.TAKEN, null, null);
    static final ChannelStatus CLOSED = new ChannelStatus(Phase.CLOSED, null, null);

    /** A call within that one has no longer than it. */
    ChannelStatus endingWith(ChannelStatus around) {
        Exchange outer = around.exchange();
        if (exchange == null || outer == null || exchange.deadline() <= outer.deadline()) {
            return this;
        }
        Exchange shortened = new Exchange(
                exchange.what(), exchange.request(), exchange.startedAt(), exchange.timeout(), outer.deadline());
        return new ChannelStatus(phase, shortened, doom);
    }

    ChannelStatus doomedBy(Doom reason) {
        return new ChannelStatus(Phase.DOOMED, exchange, reason);
    }
}
