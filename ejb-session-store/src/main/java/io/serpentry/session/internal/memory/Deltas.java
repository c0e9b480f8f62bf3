// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.EntryChange;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionConflictException.Conflict;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a delta makes of a session: the meaning of {@link io.serpentry.session.SessionStore#save} as a function without side
 * effects, which other stores can be compared with.
 *
 * <pre>
 * as expected? ──► increments fit? ──► sizes ──► entries ──► attributes ──► quotas ──► access
 * </pre>
 */
final class Deltas {

    private static final StoredContent NO_CONTENT = StoredContent.of(new byte[0], Codec.NONE);

    private Deltas() {}

    /**
     * The stored form of the puts' content, by entry. Content over the limit is left out: to refuse it is for {@link #applied}.
     */
    static Map<String, StoredContent> contents(Collection<? extends EntryChange> changes, SessionSettings settings) {
        Map<String, StoredContent> contents = new HashMap<>();
        for (EntryChange change : changes) {
            if (change instanceof EntryChange.Put put && put.content().length <= settings.maxEntrySize()) {
                // Content that is not compressed is kept as it is, and the caller may go on to use his array.
                contents.put(put.name(), StoredContent.of(put.content().clone(), settings.codec()));
            }
        }
        return contents;
    }

    /**
     * Throws what {@link io.serpentry.session.SessionStore#save} throws, in the order of the picture above.
     *
     * @param contents of the delta's puts
     */
    static Step<Saved> applied(
            SessionDelta delta,
            Map<String, StoredContent> contents,
            StoredSession session,
            Save save,
            SessionSettings settings) {
        requireNoConflict(delta, session);
        Map<String, Long> counters = counters(delta, session);
        requireSizes(delta, settings);
        Draft draft = new Draft(session, save);
        for (EntryChange change : delta.changes()) {
            String name = change.name();
            if (change instanceof EntryChange.Put put) {
                draft.put(name, put.mediaType(), null, Objects.requireNonNull(contents.get(name)));
            } else if (change instanceof EntryChange.Increment) {
                draft.put(name, StoredEntry.COUNTER_MEDIA_TYPE, counters.get(name), NO_CONTENT);
            } else {
                draft.remove(name);
            }
        }
        if (!delta.attributes().isNone()) {
            draft.change(delta.attributes());
        }
        return draft.finished(counters, settings);
    }

    private static void requireNoConflict(SessionDelta delta, StoredSession session) {
        List<Conflict> expectations = new ArrayList<>();
        if (delta.expectedRevision() != SessionDelta.ANY_REVISION) {
            expectations.add(new Conflict("", delta.expectedRevision(), session.revision()));
        }
        delta.changes().stream()
                .filter(change -> change.expected() != EntryChange.ANY)
                .forEach(change -> expectations.add(expectation(change.name(), change.expected(), session)));
        delta.reads().forEach((name, version) -> expectations.add(expectation(name, version, session)));
        List<Conflict> conflicts = expectations.stream()
                .filter(expectation -> expectation.expected() != expectation.actual())
                .distinct()
                .sorted(Comparator.comparing(Conflict::entry))
                .toList();
        if (!conflicts.isEmpty()) {
            throw new SessionConflictException(session.id(), conflicts);
        }
    }

    private static Conflict expectation(String name, long expected, StoredSession session) {
        StoredEntry present = session.entries().get(name);
        return new Conflict(name, expected, present == null ? EntryChange.ABSENT : present.version());
    }

    /** The values of the counters after the increments. */
    private static Map<String, Long> counters(SessionDelta delta, StoredSession session) {
        Map<String, Long> counters = new HashMap<>();
        for (EntryChange change : delta.changes()) {
            if (change instanceof EntryChange.Increment increment) {
                counters.put(increment.name(), incremented(increment, session));
            }
        }
        return counters;
    }

    private static long incremented(EntryChange.Increment increment, StoredSession session) {
        StoredEntry present = session.entries().get(increment.name());
        if (present == null) {
            return increment.by();
        }
        Long counter = present.counter();
        if (counter == null) {
            throw misfit(increment, session, "is no counter; put a value, or remove it first");
        }
        try {
            return Math.addExact(counter, increment.by());
        } catch (ArithmeticException e) {
            throw misfit(increment, session, "is " + counter + ", and " + increment.by() + " more is beyond 64 bits");
        }
    }

    private static PythonException misfit(EntryChange.Increment increment, StoredSession session, String why) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.ILLEGAL_STATE,
                        "Entry \"" + increment.name() + "\" of session \"" + session.id() + "\" " + why)
                .context(Map.of("session", session.id(), "entry", increment.name())));
    }

    private static void requireSizes(SessionDelta delta, SessionSettings settings) {
        for (EntryChange change : delta.changes()) {
            if (change instanceof EntryChange.Put put) {
                Quotas.requireSize(put, settings);
            }
        }
    }
}
