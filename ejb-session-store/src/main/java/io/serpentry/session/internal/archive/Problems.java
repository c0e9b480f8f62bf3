// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.connector.PythonException;
import io.serpentry.session.ArchiveProblem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first problems, and how many there were besides. */
final class Problems {

    private final List<ArchiveProblem> kept = new ArrayList<>();
    private long leftOut;

    void add(ArchiveProblem problem) {
        if (kept.size() < ArchiveProblem.LIMIT) {
            kept.add(problem);
        } else {
            leftOut++;
        }
    }

    static ArchiveProblem of(long line, @Nullable String session, PythonException e) {
        return new ArchiveProblem(line, session, e.code(), String.valueOf(e.getMessage()));
    }

    List<ArchiveProblem> kept() {
        return kept;
    }

    long leftOut() {
        return leftOut;
    }
}
