// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.audit;

import io.serpentry.admin.problem.AdminLog;
import io.serpentry.audit.AuditNote;
import io.serpentry.audit.AuditTrail;
import io.serpentry.session.StoreUnavailableException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Notes what was done to something else than a session, which the store notes by itself. Any thread may use it. */
@ApplicationScoped
public class Acts {

    @Inject
    AuditTrail audit;

    /**
     * Writes an act that was done to the audit. Workers are to be cared for while the database is down too: then the server's log has
     * the act instead.
     */
    public void note(AuditNote note) {
        try {
            audit.note(note);
        } catch (StoreUnavailableException e) {
            AdminLog.LOG.notInTheAudit(note, e);
        }
    }
}
