// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.SessionException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An archive was refused, and nothing was changed. Its code is that of the first problem. */
public final class ArchiveRefusedException extends SessionException {

    private final transient List<ArchiveProblem> problems;

    /** @param problems at least one */
    public ArchiveRefusedException(List<ArchiveProblem> problems) {
        this(problems.get(0), problems);
    }

    private ArchiveRefusedException(ArchiveProblem first, List<ArchiveProblem> problems) {
        super(ErrorDetail.of(
                        first.code(),
                        "The archive is refused and nothing was changed: " + first
                                + (problems.size() > 1 ? ", and " + (problems.size() - 1) + " more" : ""))
                .context(Map.of(
                        "line",
                        Long.toString(first.line()),
                        "session",
                        Objects.requireNonNullElse(first.session(), ""))));
        this.problems = List.copyOf(problems);
    }

    /** At least one, at most 1,000. */
    public List<ArchiveProblem> problems() {
        return problems;
    }
}
