// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link StoreCheck} has looked at.
 *
 * @param sessions how many were read
 * @param entries of these, the unreadable ones too
 * @param bytes of content that was read and is as it was stored
 * @param problems the first {@value StoreCheck#PROBLEMS}
 * @param problemsLeftOut how many there were besides
 * @param next the cursor from which to go on; null if all sessions were read
 */
public record CheckReport(
        long sessions,
        long entries,
        long bytes,
        List<CheckProblem> problems,
        long problemsLeftOut,
        @Nullable String next) {

    public CheckReport {
        problems = List.copyOf(problems);
    }
}
