// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.event;

import io.serpentry.session.internal.jpa.EventBatch;
import io.serpentry.session.internal.jpa.EventBatch.Published;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Moves events from a queue into the log: each once, in their order, one thread at a time. A batch that could not be written is tried again as
 * it is, before anything that follows.
 */
public final class EventDrain {

    private static final int BATCH = 500;

    /** The log. Both tell the id of the last event of the batch, and throw if it was not written, or may not have been. */
    public interface Sink {

        long append(EventBatch batch);

        /** As {@link #append}, unless that batch is there already, above that id. */
        long appendAgain(EventBatch batch, long above);
    }

    private final EventQueue queue;
    private final String node;
    private final Sink sink;
    private final AtomicBoolean claimed = new AtomicBoolean();

    // Written by the thread that has claimed.
    private volatile @Nullable EventBatch unwritten;
    private volatile long written;

    public EventDrain(EventQueue queue, String node, Sink sink) {
        this.queue = queue;
        this.node = node;
        this.sink = sink;
    }

    /**
     * Writes until nothing waits; does nothing while another thread does so, which then writes what came meanwhile too.
     *
     * @return how many events this call has written
     * @throws RuntimeException that of the sink; what was not written is kept
     */
    public int run() {
        int count = 0;
        // Whoever adds while the thread below is about to leave finds it unclaimed, or is seen by it.
        while (hasWork() && claimed.compareAndSet(false, true)) {
            try {
                count += write();
            } finally {
                claimed.set(false);
            }
        }
        return count;
    }

    /** Whether {@link #run} would write any. */
    public boolean hasWork() {
        return queue.isWaiting() || unwritten != null;
    }

    private int write() {
        int count = 0;
        EventBatch again = unwritten;
        if (again != null) {
            written = sink.appendAgain(again, written);
            unwritten = null;
            count = again.events().size();
        }
        for (List<Published> next = queue.take(BATCH); !next.isEmpty(); next = queue.take(BATCH)) {
            EventBatch batch = new EventBatch(UUID.randomUUID().toString(), node, next);
            unwritten = batch;
            written = sink.append(batch);
            unwritten = null;
            count += next.size();
        }
        return count;
    }
}
