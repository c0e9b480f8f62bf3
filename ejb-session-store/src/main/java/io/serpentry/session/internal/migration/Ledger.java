// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MigrationStatistics;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.PlannedMove;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where migrations are written down. Each method is a transaction of its own, and throws STORE_UNAVAILABLE if the database can not be
 * reached. Safe for use by any number of threads.
 */
public interface Ledger {

    /** @param instance which start of its server makes it */
    void open(Migration migration, String instance, List<PlannedMove> moves);

    Optional<Migration> find(String id);

    List<Migration> list(@Nullable String after, int limit);

    /** Which start of its server has made it. */
    Optional<String> instance(String id);

    /** From that number on, in the order of the plan; null for every state. */
    List<MoveReceipt> receipts(String id, MoveReceipt.@Nullable State state, int from, int limit);

    /** From one of those states to another; false if it is in none of them. */
    boolean change(String id, Set<MigrationState> from, MigrationState to, String outcome);

    /** Says that its server is at work on it. */
    void seen(String id);

    /** What became of sessions; false if the migration is not under way any more: then nothing is written. */
    boolean record(String id, List<MoveReceipt> receipts);

    /**
     * From one of those states to ROLLED_BACK; what is PENDING gets SKIPPED, and what is MOVED gets RETURNED. False if it is in none of
     * those states: then nothing is written.
     *
     * @param pending why sessions were not moved
     * @param moved what is to be known about the return of those that were
     */
    boolean end(String id, Set<MigrationState> from, String outcome, String pending, String moved);

    /**
     * Those that have not ended and never will by themselves: made by an earlier start of that server, not seen since, or proposed before
     * then and not started.
     */
    List<String> abandoned(String server, String instance, Instant seenBefore, Instant proposedBefore);

    MigrationStatistics statistics();

    /** Removes those that have ended before then, up to {@code limit}; how many. */
    int forget(Instant endedBefore, int limit);
}
