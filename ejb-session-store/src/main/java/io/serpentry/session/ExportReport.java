// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.List;

/**
 * What was exported.
 *
 * @param entries all of them, the unreadable ones too
 * @param unreadable entries that were exported without their content, each also a problem
 * @param sha256 of the archive up to its last line, which holds it too
 * @param problems the first 1,000
 * @param problemsLeftOut how many there were besides
 */
public record ExportReport(
        long sessions,
        long entries,
        long unreadable,
        String sha256,
        List<ArchiveProblem> problems,
        long problemsLeftOut) {

    public ExportReport {
        problems = List.copyOf(problems);
    }
}
