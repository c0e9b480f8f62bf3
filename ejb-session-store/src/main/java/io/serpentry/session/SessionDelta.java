// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a save changes: all of it, or nothing. Immutable; each method gives a new one.
 *
 * @param changes at most 1,000, and one for each entry
 * @param expectedRevision the session's revision that all of this is based on; {@link #ANY_REVISION} for none
 * @param reads entries that were read, with the version seen ({@link EntryChange#ABSENT} if there was none); each must still
 *     be current when the changes are stored
 */
public record SessionDelta(
        String session,
        List<EntryChange> changes,
        AttributeChange attributes,
        long expectedRevision,
        Map<String, Long> reads) {

    public static final long ANY_REVISION = 0;

    public SessionDelta {
        Limits.id("session id", session);
        changes = List.copyOf(changes);
        Limits.atMost("number of changes", changes.size(), Limits.CHANGES);
        requireOneChangeEach(changes);
        Limits.atLeast("expected revision", expectedRevision, ANY_REVISION);
        reads = Map.copyOf(reads);
        Limits.atMost("number of reads", reads.size(), Limits.CHANGES);
        reads.forEach((name, version) -> {
            Limits.name("entry name", name);
            Limits.atLeast("version read", version, EntryChange.ABSENT);
        });
    }

    static void requireOneChangeEach(List<? extends EntryChange> changes) {
        Set<String> names = new HashSet<>();
        for (EntryChange change : changes) {
            if (!names.add(change.name())) {
                throw Limits.refused(
                        "entry name",
                        "one change for each entry",
                        "Two changes to the entry \"" + change.name() + "\"");
            }
        }
    }

    public static SessionDelta of(String session) {
        return new SessionDelta(session, List.of(), AttributeChange.NONE, ANY_REVISION, Map.of());
    }

    public SessionDelta with(EntryChange change) {
        return new SessionDelta(
                session,
                Stream.concat(changes.stream(), Stream.of(change)).toList(),
                attributes,
                expectedRevision,
                reads);
    }

    /** Stores that content, based on that version; see {@link EntryChange}. */
    public SessionDelta put(String name, String mediaType, byte[] content, long expected) {
        return with(new EntryChange.Put(name, mediaType, content, expected));
    }

    public SessionDelta remove(String name, long expected) {
        return with(new EntryChange.Remove(name, expected));
    }

    public SessionDelta increment(String name, long by) {
        return with(new EntryChange.Increment(name, by));
    }

    public SessionDelta attributes(AttributeChange value) {
        return new SessionDelta(session, changes, value, expectedRevision, reads);
    }

    public SessionDelta expectedRevision(long value) {
        return new SessionDelta(session, changes, attributes, value, reads);
    }

    /** One more entry that must still be current. */
    public SessionDelta read(String name, long version) {
        Map<String, Long> more = new HashMap<>(reads);
        more.put(name, version);
        return new SessionDelta(session, changes, attributes, expectedRevision, more);
    }
}
