// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.linearizability;

import org.jspecify.annotations.Nullable;

/**
 * An entry, as far as callers can tell its states apart; and what calls make of it.
 *
 * @param version 0 if there is no entry
 * @param content the text, or the digits of a counter
 */
public record EntryState(long version, String content, boolean counter) {

    public static final EntryState ABSENT = new EntryState(0, "", false);
    private static final long ANY = -1;

    private @Nullable EntryState replaced(long expected, String text) {
        return expected == ANY || expected == version ? new EntryState(version + 1, text, false) : null;
    }

    private @Nullable EntryState incremented(long by) {
        if (version > 0 && !counter) {
            return null;
        }
        long value = version == 0 ? by : Long.parseLong(content) + by;
        return new EntryState(version + 1, Long.toString(value), true);
    }

    private static @Nullable EntryState ifVersion(long wanted, @Nullable EntryState state) {
        return state != null && state.version == wanted ? state : null;
    }

    /** The content was stored, as that version. */
    public record Stored(long expected, String content, long asVersion) implements Effect<EntryState> {
        @Override
        public @Nullable EntryState on(EntryState state) {
            return ifVersion(asVersion, state.replaced(expected, content));
        }
    }

    /** Another version was there than was expected. */
    public record Conflict(long expected, long actual) implements Effect<EntryState> {
        @Override
        public @Nullable EntryState on(EntryState state) {
            return state.version() == actual && actual != expected ? state : null;
        }
    }

    /** Nobody knows whether the content was stored. */
    public record PerhapsStored(long expected, String content) implements Effect<EntryState> {
        @Override
        public @Nullable EntryState on(EntryState state) {
            return state.replaced(expected, content);
        }
    }

    /** The sum was stored, as that version. */
    public record Incremented(long by, long sum, long asVersion) implements Effect<EntryState> {
        @Override
        public @Nullable EntryState on(EntryState state) {
            EntryState after = ifVersion(asVersion, state.incremented(by));
            return after != null && after.content().equals(Long.toString(sum)) ? after : null;
        }
    }

    /** It was no counter. */
    public record NoCounter() implements Effect<EntryState> {
        @Override
        public @Nullable EntryState on(EntryState state) {
            return state.version() > 0 && !state.counter() ? state : null;
        }
    }

    /** Nobody knows whether the sum was stored. */
    public record PerhapsIncremented(long by) implements Effect<EntryState> {
        @Override
        public @Nullable EntryState on(EntryState state) {
            return state.incremented(by);
        }
    }

    /** That was read. */
    public record Seen(EntryState seen) implements Effect<EntryState> {
        @Override
        public @Nullable EntryState on(EntryState state) {
            return state.equals(seen) ? state : null;
        }
    }
}
