// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.Choice;
import io.serpentry.connector.ErrorCode;
import io.serpentry.session.ArchiveProblem;
import io.serpentry.session.ImportReport;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an import has done. */
@JsonbPropertyOrder({"sessions", "entries", "unreadable", "intact", "problems", "problemsLeftOut"})
public record ImportDocument(
        Map<String, Long> sessions,
        long entries,
        long unreadable,
        boolean intact,
        List<Problem> problems,
        long problemsLeftOut)
        implements Answer {

    /** {@code session} is left out if the problem is not about one. */
    @JsonbPropertyOrder({"line", "session", "code", "message"})
    public record Problem(long line, @Nullable String session, ErrorCode code, String message) {

        static Problem of(ArchiveProblem problem) {
            return new Problem(problem.line(), problem.session(), problem.code(), problem.message());
        }
    }

    static ImportDocument of(ImportReport report) {
        Map<String, Long> sessions = new TreeMap<>();
        report.sessions().forEach((outcome, count) -> sessions.put(Choice.text(outcome), count));
        return new ImportDocument(
                sessions,
                report.entries(),
                report.unreadable(),
                report.intact(),
                report.problems().stream().map(Problem::of).toList(),
                report.problemsLeftOut());
    }
}
