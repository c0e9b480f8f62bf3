// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.Placement;
import java.util.Comparator;
import java.util.List;
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
            return ranked(spread, Stream.concat(Stream.of(own), seating.idle().filter(idle -> idle != own)));
        }
        String wanted = wantedWorker(placement);
        if (own.takesRequests() && (wanted.isEmpty() || own.isOf(wanted))) {
            return List.of();
        }
        List<WorkerChannel> fitting = byUse(seating.idle().filter(channel -> channel.isOf(wanted)));
        return fitting.isEmpty() && !own.takesRequests() ? byUse(seating.idle()) : fitting;
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

    private static List<WorkerChannel> ranked(Placement.Spread spread, Stream<WorkerChannel> channels) {
        record Ranked(WorkerChannel channel, long load, long lastUse) {}
        ToLongFunction<WorkerChannel> load = channel -> channel.takesRequests()
                ? spread.loadOfWorker().applyAsInt(channel.worker().id())
                : Long.MAX_VALUE;
        return channels.map(channel -> new Ranked(channel, load.applyAsLong(channel), channel.lastUse()))
                .sorted(Comparator.comparingLong(Ranked::load).thenComparingLong(Ranked::lastUse))
                .map(Ranked::channel)
                .toList();
    }
}
