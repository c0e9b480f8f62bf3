// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.SessionException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a save was based on is not what the store holds; nothing was stored. Read again, and decide anew. */
public final class SessionConflictException extends SessionException {

    private final transient List<Conflict> conflicts;

    /**
     * One thing that was not as expected.
     *
     * @param entry its name; empty for the revision of the whole session
     * @param expected the version or revision that the save was based on; 0 for an entry that should not exist
     * @param actual what the store holds; 0 if there is no such entry
     */
    public record Conflict(String entry, long expected, long actual) {
        @Override
        public String toString() {
            String what = entry.isEmpty() ? "the session's revision" : "entry \"" + entry + "\"";
            return what + " (expected " + of(expected) + ", found " + of(actual) + ")";
        }

        private String of(long number) {
            return number == 0 ? "none" : (entry.isEmpty() ? "" : "version ") + number;
        }
    }

    public SessionConflictException(String session, List<Conflict> conflicts) {
        super(ErrorDetail.of(
                        ErrorCode.SESSION_CONFLICT,
                        "Session \"" + session + "\" was changed by somebody else: "
                                + conflicts.stream().map(Conflict::toString).collect(Collectors.joining(", ")))
                .retryable(true)
                .context(context(session, conflicts)));
        this.conflicts = List.copyOf(conflicts);
    }

    private static Map<String, String> context(String session, List<Conflict> conflicts) {
        Conflict first = conflicts.get(0);
        return Map.of(
                "session", session,
                "entry", first.entry(),
                "expected", Long.toString(first.expected()),
                "actual", Long.toString(first.actual()));
    }

    /** At least one. */
    public List<Conflict> conflicts() {
        return conflicts;
    }
}
