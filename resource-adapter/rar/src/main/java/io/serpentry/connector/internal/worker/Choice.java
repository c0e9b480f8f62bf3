// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.Placement;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** Which channels would serve a placement, best first. Holds no lock while it asks the application for loads. */
final class Choice {

    private static final Comparator<WorkerChannel> LONGEST_UNUSED = Comparator.comparingLong(WorkerChannel::lastUse);

    private Choice() {}

    /** The channels to try for the seat, its own among them if that would do as well; empty if its own does. */
    static List<WorkerChannel> of(Placement placement, Seat seat, Seating seating) {
        WorkerChannel own = seat.channel();
        if (placement instanceof Placement.Spread spread) {
            return ranked(spread.loadOfWorker(), own, seating);
        }
        String wanted = wantedWorker(placement);
        if (own.takesRequests() && (wanted.isEmpty() || own.isOf(wanted))) {
            return List.of();
        }
        List<WorkerChannel> fitting = byUse(seating.idle().filter(channel -> channel.isOf(wanted)));
        if (!fitting.isEmpty()) {
            return fitting;
        }
        if (placement instanceof Placement.Preferred preferred && preferred.loadOfWorker() != null) {
            return ranked(preferred.loadOfWorker(), own, seating);
        }
        return own.takesRequests() ? List.of() : byUse(seating.idle());
    }

    private static String wantedWorker(Placement placement) {
        if (placement instanceof Placement.Preferred preferred) {
            return preferred.workerId();
        }
        return placement instanceof Placement.Required required ? required.workerId() : "";
    }

    private static List<WorkerChannel> byUse(Stream<WorkerChannel> channels) {
        return channels.sorted(LONGEST_UNUSED).toList();
    }

    private static List<WorkerChannel> ranked(ToIntFunction<String> loadOfWorker, WorkerChannel own, Seating seating) {
        record Ranked(WorkerChannel channel, long load, long lastUse) {}
        ToLongFunction<WorkerChannel> load = channel -> channel.takesRequests()
                ? loadOfWorker.applyAsInt(channel.worker().id())
                : Long.MAX_VALUE;
        Stream<WorkerChannel> others = seating.idle().filter(idle -> idle != own);
        return Stream.concat(Stream.of(own), others)
                .map(channel -> new Ranked(channel, load.applyAsLong(channel), channel.lastUse()))
                .sorted(Comparator.comparingLong(Ranked::load).thenComparingLong(Ranked::lastUse))
                .map(Ranked::channel)
                .toList();
    }
}
