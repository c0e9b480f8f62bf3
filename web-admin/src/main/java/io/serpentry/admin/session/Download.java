// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.problem.AdminLog;
import io.serpentry.session.ExportReport;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;

/**
 * An export on its way to the client. What fails before its first bytes were sent is answered with a problem. Afterwards
 * nobody can be told but the log, and the file ends without its last line.
 */
record Download(HttpServletResponse response, Export export) implements StreamingOutput {

    /** Writes an archive. */
    interface Export {
        ExportReport to(OutputStream out) throws IOException;
    }

    @Override
    public void write(OutputStream out) throws IOException {
        try {
            ExportReport report = export.to(out);
            if (!report.problems().isEmpty()) {
                AdminLog.LOG.exportHasProblems(
                        report.sessions(),
                        report.problems().size() + report.problemsLeftOut(),
                        report.problems().get(0));
            }
        } catch (RuntimeException e) {
            if (response.isCommitted()) {
                AdminLog.LOG.exportBrokenOff(e);
            }
            throw e;
        }
    }
}
