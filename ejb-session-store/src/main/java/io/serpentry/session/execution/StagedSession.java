// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.SessionDelta;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the calls of one transaction have changed in one session, not written yet. Each change keeps the version that the first of them was
 * based on. For the transaction's thread.
 */
final class StagedSession {

    private final String session;
    private Map<String, Change> changes = new TreeMap<>();
    private Map<String, Long> reads = new HashMap<>();
    private Caller caller;

    StagedSession(String session, Caller caller) {
        this.session = session;
        this.caller = caller;
    }

    boolean isEmpty() {
        return changes.isEmpty() && reads.isEmpty();
    }

    Collection<Change> changes() {
        return changes.values();
    }

    Caller caller() {
        return caller;
    }

    SessionDelta delta() {
        return new SessionDelta(
                session,
                changes.values().stream().map(Change::entry).toList(),
                AttributeChange.NONE,
                SessionDelta.ANY_REVISION,
                reads);
    }

    /** Whether what is staged must be written before these changes can be staged: an entry removed is counted anew. */
    boolean mustBeWrittenBefore(CallOutcome outcome) {
        return outcome.changes().stream()
                .filter(change -> change.entry() instanceof EntryChange.Increment)
                .map(change -> changes.get(change.name()))
                .anyMatch(staged -> staged != null && staged.entry() instanceof EntryChange.Remove);
    }

    /** All of it, or nothing if something in it is refused. */
    void add(Caller by, CallOutcome outcome) {
        Map<String, Change> changed = new TreeMap<>(changes);
        outcome.changes().forEach(change -> add(change, changed));
        Map<String, Long> read = new HashMap<>(reads);
        // What is staged is the transaction's own: nobody else can have changed it.
        outcome.reads().forEach((name, version) -> {
            if (!changes.containsKey(name)) {
                read.putIfAbsent(name, version);
            }
        });
        caller = by;
        changes = changed;
        reads = read;
    }

    private void add(Change change, Map<String, Change> changed) {
        Change before = changed.get(change.name());
        if (before == null) {
            changed.put(change.name(), change);
        } else if (change.entry() instanceof EntryChange.Put put) {
            long base = before.entry() instanceof EntryChange.Increment
                    ? put.expected()
                    : before.entry().expected();
            changed.put(
                    put.name(),
                    new Change(new EntryChange.Put(put.name(), put.mediaType(), put.content(), base), change.sha256()));
        } else if (change.entry() instanceof EntryChange.Remove) {
            remove(before, changed);
        } else if (change.entry() instanceof EntryChange.Increment increment) {
            changed.put(increment.name(), new Change(sum(before.entry(), increment), null));
        }
    }

    private static void remove(Change before, Map<String, Change> changed) {
        long base = before.entry().expected();
        if (base == EntryChange.ABSENT) {
            changed.remove(before.name());
        } else {
            changed.put(before.name(), new Change(new EntryChange.Remove(before.name(), base), null));
        }
    }

    private EntryChange.Increment sum(EntryChange before, EntryChange.Increment increment) {
        if (!(before instanceof EntryChange.Increment first)) {
            throw notACounter(increment.name());
        }
        try {
            return new EntryChange.Increment(first.name(), Math.addExact(first.by(), increment.by()));
        } catch (ArithmeticException e) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.ILLEGAL_STATE,
                            "The increments of entry \"" + increment.name() + "\" of session \"" + session
                                    + "\" are together beyond 64 bits")
                    .cause(e));
        }
    }

    private PythonException notACounter(String name) {
        return PythonException.of(ErrorDetail.of(
                        ErrorCode.ILLEGAL_STATE,
                        "Entry \"" + name + "\" of session \"" + session
                                + "\" is no counter: it can not be incremented")
                .context(Map.of("session", session, "entry", name)));
    }
}
