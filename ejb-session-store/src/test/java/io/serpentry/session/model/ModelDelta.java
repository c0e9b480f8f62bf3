// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.EntryChange;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionConflictException.Conflict;
import io.serpentry.session.SessionDelta;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A delta against the session that it is to change. */
record ModelDelta(ModelSession session, SessionDelta delta) {

    Optional<PythonException> conflict() {
        Set<Conflict> conflicts = new LinkedHashSet<>();
        long revision = delta.expectedRevision();
        if (revision != SessionDelta.ANY_REVISION && revision != session.revision) {
            conflicts.add(new Conflict("", revision, session.revision));
        }
        delta.reads().forEach((name, version) -> compare(name, version, conflicts));
        for (EntryChange change : delta.changes()) {
            if (change.expected() != EntryChange.ANY) {
                compare(change.name(), change.expected(), conflicts);
            }
        }
        return conflicts.isEmpty()
                ? Optional.empty()
                : Optional.of(new SessionConflictException(delta.session(), new ArrayList<>(conflicts)));
    }

    private void compare(String name, long expected, Set<Conflict> conflicts) {
        if (expected != session.version(name)) {
            conflicts.add(new Conflict(name, expected, session.version(name)));
        }
    }

    private List<EntryChange.Increment> increments() {
        return delta.changes().stream()
                .filter(EntryChange.Increment.class::isInstance)
                .map(EntryChange.Increment.class::cast)
                .toList();
    }

    /** An increment that does not fit its entry. */
    Optional<PythonException> misfit() {
        return increments().stream()
                .filter(increment -> sum(increment) == null)
                .findFirst()
                .map(increment -> PythonException.of(ErrorDetail.of(ErrorCode.ILLEGAL_STATE, "misfit")));
    }

    private @Nullable Long sum(EntryChange.Increment increment) {
        ModelEntry entry = session.entries.get(increment.name());
        if (entry == null) {
            return increment.by();
        }
        Long counter = entry.value().counter();
        if (counter == null) {
            return null;
        }
        BigInteger sum = BigInteger.valueOf(counter).add(BigInteger.valueOf(increment.by()));
        return sum.bitLength() < Long.SIZE ? sum.longValue() : null;
    }

    Map<String, Long> counters() {
        Map<String, Long> counters = new HashMap<>();
        for (EntryChange.Increment increment : increments()) {
            Long sum = sum(increment);
            if (sum != null) {
                counters.put(increment.name(), sum);
            }
        }
        return counters;
    }

    /** What the entries become; null for one that is removed. Those that are absent and to be removed are not in it. */
    Map<String, ModelEntry.@Nullable Value> values() {
        Map<String, ModelEntry.@Nullable Value> values = new TreeMap<>();
        counters().forEach((name, number) -> values.put(name, ModelEntry.Value.counter(number)));
        for (EntryChange change : delta.changes()) {
            if (change instanceof EntryChange.Put put) {
                values.put(put.name(), ModelEntry.Value.of(put.mediaType(), put.content()));
            } else if (change instanceof EntryChange.Remove && session.entries.containsKey(change.name())) {
                values.put(change.name(), null);
            }
        }
        return values;
    }

    boolean isRetimed(@Nullable ModelSession before) {
        return before != null
                && (!session.idleTimeout.equals(before.idleTimeout)
                        || !Objects.equals(session.lifetime, before.lifetime));
    }
}
