// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import io.serpentry.audit.AuditNote;
import io.serpentry.audit.AuditTrail;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.session.Caller;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.internal.SessionLog;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Notes who has begun and steered migrations, whichever way he came. What was done stays done if it can not be noted. */
record MigrationAudit(AuditTrail trail) {

    /** Before and after are the sessions of each worker, as planned. */
    void begun(Caller caller, Migration migration, MigrationPlan plan) {
        MigrationRequest request = plan.request();
        Caller acting = hasReason(caller) ? caller : caller.because(request.reason());
        note(AuditNote.of(acting, text(request.kind()), subject(migration.id()))
                .detail(plan.moves().size() + " sessions")
                .change(text(plan.before()), text(plan.after())));
    }

    private static boolean hasReason(Caller caller) {
        return caller.reason() != null && !caller.reason().isEmpty();
    }

    /** Before and after are its states. */
    void steered(Caller caller, String action, MigrationState before, Migration after) {
        note(AuditNote.of(caller, action, subject(after.id())).change(text(before), text(after.state())));
    }

    private void note(AuditNote note) {
        try {
            trail.note(note);
        } catch (StoreUnavailableException e) {
            SessionLog.LOG.migrationNotInTheAudit(note, e);
        }
    }

    private static String subject(String migration) {
        return "migration " + migration;
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String text(Map<String, Integer> sessions) {
        return new TreeMap<>(sessions)
                .entrySet().stream()
                        .map(worker -> worker.getKey() + ": " + worker.getValue())
                        .collect(Collectors.joining(", "));
    }
}
