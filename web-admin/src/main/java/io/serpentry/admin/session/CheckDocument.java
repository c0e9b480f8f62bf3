// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Answer;
import io.serpentry.session.CheckProblem;
import io.serpentry.session.CheckReport;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a check of the store has found. A member that is null is left out.
 *
 * @param bytes of content that was read
 * @param next the cursor from which to go on; null if all sessions were read
 */
@JsonbPropertyOrder({"sessions", "entries", "bytes", "problems", "problemsLeftOut", "next"})
public record CheckDocument(
        long sessions,
        long entries,
        long bytes,
        List<Problem> problems,
        long problemsLeftOut,
        @Nullable String next) implements Answer {

    /**
     * Something that is not as it should be.
     *
     * @param entry null if it is about the session as a whole
     */
    @JsonbPropertyOrder({"session", "entry", "message"})
    public record Problem(String session, @Nullable String entry, String message) {

        static Problem of(CheckProblem problem) {
            return new Problem(problem.session(), problem.entry(), problem.message());
        }
    }

    static CheckDocument of(CheckReport report) {
        return new CheckDocument(
                report.sessions(),
                report.entries(),
                report.bytes(),
                report.problems().stream().map(Problem::of).toList(),
                report.problemsLeftOut(),
                report.next());
    }
}
