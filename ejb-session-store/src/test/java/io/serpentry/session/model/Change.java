// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.EntryChange;

/** A change to an entry whose expected version is known only when it is played. */
sealed interface Change {

    EntryChange bound(String name, long present);

    /** An expected version, seen from the present one. */
    enum Expected {
        ANY,
        ABSENT,
        PRESENT,
        OLDER,
        NEWER;

        long version(long present) {
            return switch (this) {
                case ANY -> EntryChange.ANY;
                case ABSENT -> EntryChange.ABSENT;
                case PRESENT -> present;
                case OLDER -> Math.max(0, present - 1);
                case NEWER -> present + 1;
            };
        }
    }

    record Put(Bytes bytes, Expected expected) implements Change {
        @Override
        public EntryChange bound(String name, long present) {
            String mediaType = bytes.seed() % 2 == 0 ? "text/plain" : "application/octet-stream";
            return new EntryChange.Put(name, mediaType, bytes.content(), expected.version(present));
        }

        @Override
        public String toString() {
            return bytes + " (expecting " + expected + ")";
        }
    }

    record Remove(Expected expected) implements Change {
        @Override
        public EntryChange bound(String name, long present) {
            long version = expected.version(present);
            return new EntryChange.Remove(name, version == EntryChange.ABSENT ? 1 : version);
        }

        @Override
        public String toString() {
            return "removed (expecting " + expected + ")";
        }
    }

    record Increment(long by) implements Change {
        @Override
        public EntryChange bound(String name, long present) {
            return new EntryChange.Increment(name, by);
        }

        @Override
        public String toString() {
            return "+" + by;
        }
    }
}
