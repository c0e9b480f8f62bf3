// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.List;
import java.util.Map;

/**
 * What was imported.
 *
 * @param sessions how many had which outcome; all outcomes are there. Where a file is damaged, sessions may be missing of which
 *     nothing is known: then it is not {@code intact}
 * @param entries that were stored
 * @param unreadable entries that had no content in the archive, each also a problem; their sessions were imported without them
 * @param intact whether the archive is as it was exported, to the last line
 * @param problems the first 1,000: each session that is {@code EXPIRED} or {@code REFUSED}, and all damage
 * @param problemsLeftOut how many there were besides
 */
public record ImportReport(
        Map<Outcome, Long> sessions,
        long entries,
        long unreadable,
        boolean intact,
        List<ArchiveProblem> problems,
        long problemsLeftOut) {

    /** What became of a session in the archive. */
    public enum Outcome {
        CREATED,
        /** One of that id was deleted for it. */
        REPLACED,
        /** One of that id exists, and was left as it is. */
        SKIPPED,
        /** Its time is over: it would have expired where it came from, or its lifetime has ended. */
        EXPIRED,
        /** It is damaged, or the store did not accept it; the problem says why. */
        REFUSED
    }

    public ImportReport {
        sessions = Map.copyOf(sessions);
        problems = List.copyOf(problems);
    }

    /** How many sessions had that outcome. */
    public long count(Outcome outcome) {
        return sessions.getOrDefault(outcome, 0L);
    }
}
