// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.Objects;

/**
 * A change to one entry.
 *
 * <p>{@code expected} is the version that the change is based on: {@link #ANY} for none, {@link #ABSENT} if the entry must
 * not exist yet. Where the store holds another version, the whole save is refused.
 */
public sealed interface EntryChange {

    long ANY = -1;
    long ABSENT = 0;

    String name();

    long expected();

    /** Stores that content. The bytes are not copied: do not change them until the save has returned. */
    record Put(String name, String mediaType, byte[] content, long expected) implements EntryChange {
        public Put {
            Limits.name("entry name", name);
            Limits.mediaType(mediaType);
            Objects.requireNonNull(content, "content");
            Limits.atLeast("expected version", expected, ANY);
        }
    }

    /** Removes the entry; with {@link #ANY} also if it does not exist. */
    record Remove(String name, long expected) implements EntryChange {
        public Remove {
            Limits.name("entry name", name);
            Limits.atLeast("expected version", expected, ANY);
            if (expected == ABSENT) {
                throw Limits.refused("expected version", "-1, or 1 and above", "An absent entry can not be removed");
            }
        }
    }

    /**
     * Adds to a counter, which is created with that value if the entry does not exist. Increments never conflict with each
     * other. Refused with ILLEGAL_STATE if the entry is no counter, or if the sum is beyond a long.
     */
    record Increment(String name, long by) implements EntryChange {
        public Increment {
            Limits.name("entry name", name);
        }

        @Override
        public long expected() {
            return ANY;
        }
    }
}
