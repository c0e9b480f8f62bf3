// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a pool that are in no seat: <em>spares</em> wait to replace another, <em>parked</em> ones were replaced
 * and their worker lives on. All are ASIDE. For {@link Seating}, under its lock.
 */
final class Bench {

    private final Deque<WorkerChannel> spares = new ArrayDeque<>();
    private final List<WorkerChannel> parked = new ArrayList<>();

    /** Adds an idle channel that is in no seat. */
    void addSpare(WorkerChannel spare) {
        if (spare.tryAside(ChannelStatus.IDLE)) {
            spares.addLast(spare);
        }
    }

    @Nullable
    WorkerChannel pollSpare() {
        forgetDead();
        return spares.pollFirst();
    }

    int spares() {
        forgetDead();
        return spares.size();
    }

    void park(WorkerChannel replaced) {
        parked.add(replaced);
    }

    private void forgetDead() {
        spares.removeIf(spare -> !spare.isUsable());
        parked.removeIf(channel -> !channel.isUsable());
    }

    boolean needsCare() {
        forgetDead();
        return !spares.isEmpty() || parked.stream().anyMatch(channel -> channel.standing() != Standing.CORDONED);
    }

    /** Takes out all spares but so many, the oldest. */
    List<WorkerChannel> surplus(int needed) {
        forgetDead();
        List<WorkerChannel> surplus = new ArrayList<>();
        while (spares.size() > needed) {
            surplus.add(spares.removeLast());
        }
        return surplus;
    }

    /** Takes out the parked channels whose workers are to be ended. */
    List<WorkerChannel> dismissed() {
        List<WorkerChannel> dismissed = parked.stream()
                .filter(channel -> channel.standing().endsWhenReplaced())
                .toList();
        parked.removeAll(dismissed);
        return dismissed;
    }

    /** Makes spares of the parked channels whose workers serve again. */
    List<WorkerChannel> recalled() {
        forgetDead();
        List<WorkerChannel> recalled = parked.stream()
                .filter(channel -> channel.standing() == Standing.SERVING)
                .toList();
        parked.removeAll(recalled);
        recalled.forEach(spares::addFirst);
        return recalled;
    }
}
