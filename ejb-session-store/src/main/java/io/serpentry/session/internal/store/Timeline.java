// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import io.serpentry.session.SessionRevision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is still known of a session's past: told backwards from the present, one save after the other, as far as the kept
 * versions reach.
 *
 * <p>The session's own attributes take part as an entry with an empty name.
 */
public final class Timeline {

    /**
     * One version of one entry.
     *
     * @param born the first version of this incarnation: before it the entry did not exist
     * @param change the save that stored it
     * @param end how it ceased to be the present one; null if it has not
     */
    public record Version(
            String name,
            long version,
            long born,
            long change,
            Instant at,
            String by,
            @Nullable End end) {}

    /** The save that replaced or removed a version. */
    public record End(long change, Instant at, String by, boolean removed) {}

    /** A state: the entries by name with their versions. */
    public record State(SessionRevision revision, Map<String, Long> entries) {}

    private record Write(long change, Instant at, String by, Version version, boolean removed) {}

    private Timeline() {}

    /**
     * The states that can be told, newest first; at least the present one.
     *
     * @param revision the present one
     * @param versions all that are kept, present and past, in any order
     * @param floor the last save that removed an entry of which nothing is kept: what was before it can not be told
     */
    public static List<State> states(long revision, List<Version> versions, long floor) {
        Map<String, Map<Long, Version>> kept = new HashMap<>();
        Map<String, Long> entries = new TreeMap<>();
        for (Version version : versions) {
            kept.computeIfAbsent(version.name(), name -> new HashMap<>()).put(version.version(), version);
            if (version.end() == null) {
                entries.put(version.name(), version.version());
            }
        }
        List<State> states = new ArrayList<>();
        long number = revision;
        for (List<Write> save : saves(versions)) {
            long change = save.get(0).change();
            if (change <= floor && !states.isEmpty()) {
                return states;
            }
            states.add(state(number, save, entries));
            if (change <= floor) {
                return states;
            }
            for (Write write : save) {
                if (!undo(write, entries, kept)) {
                    return states;
                }
            }
            number -= save.size();
            if (number < 1) {
                return states;
            }
        }
        return states;
    }

    public static Optional<State> state(long revision, List<State> states) {
        return states.stream()
                .filter(state -> state.revision().revision() == revision)
                .findFirst();
    }

    /** The writes, grouped by save, newest save first. */
    private static List<List<Write>> saves(List<Version> versions) {
        List<Write> writes = new ArrayList<>();
        for (Version version : versions) {
            writes.add(new Write(version.change(), version.at(), version.by(), version, false));
            End end = version.end();
            if (end != null && end.removed()) {
                writes.add(new Write(end.change(), end.at(), end.by(), version, true));
            }
        }
        Map<Long, List<Write>> saves = writes.stream()
                .collect(Collectors.groupingBy(
                        Write::change, () -> new TreeMap<>(Comparator.<Long>reverseOrder()), Collectors.toList()));
        return List.copyOf(saves.values());
    }

    private static State state(long number, List<Write> save, Map<String, Long> entries) {
        Write any = save.get(0);
        List<SessionRevision.Change> changes = save.stream()
                .filter(write -> !write.version().name().isEmpty())
                .map(write -> new SessionRevision.Change(
                        write.version().name(), write.version().version(), write.removed()))
                .sorted(Comparator.comparing(SessionRevision.Change::name))
                .toList();
        Map<String, Long> named = new TreeMap<>(entries);
        named.remove("");
        return new State(new SessionRevision(number, any.at(), any.by(), changes), Map.copyOf(named));
    }

    /** Puts back what was before that write; false if it is not kept. */
    private static boolean undo(Write write, Map<String, Long> entries, Map<String, Map<Long, Version>> kept) {
        Version version = write.version();
        if (write.removed()) {
            entries.put(version.name(), version.version());
            return true;
        }
        if (version.version() == version.born()) {
            entries.remove(version.name());
            return true;
        }
        long before = version.version() - 1;
        entries.put(version.name(), before);
        return Objects.requireNonNull(kept.get(version.name())).containsKey(before);
    }
}
