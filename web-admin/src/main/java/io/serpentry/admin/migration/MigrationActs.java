// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.audit.Acts;
import io.serpentry.admin.http.Choice;
import io.serpentry.admin.http.Query;
import io.serpentry.audit.AuditNote;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.Migrations;
import io.serpentry.session.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Begins and steers migrations, with a note of each act in the audit. Any thread may use it. */
@ApplicationScoped
public class MigrationActs {

    @Inject
    Migrations migrations;

    @Inject
    Acts acts;

    /** Begins one, or with {@code dryRun=true} shows what it would do. */
    Response begun(SecurityContext security, UriInfo uri, MigrationRequest request, @Nullable String plan) {
        if (Query.of(uri.getQueryParameters(), "dryRun").isTrue("dryRun")) {
            MigrationPlan made = migrations.plan(request);
            return Response.ok(PlanDocument.of(made)).build();
        }
        Caller caller = Caller.operator(security.getUserPrincipal().getName()).because(request.reason());
        Migration begun = migrations.start(caller, request, plan);
        acts.note(AuditNote.of(caller, Choice.text(request.kind()), subject(begun.id()))
                .detail(begun.progress().total() + " sessions"));
        return Response.accepted(MigrationDocument.of(begun))
                .location(URI.create("migrations/" + begun.id()))
                .build();
    }

    private static String subject(String migration) {
        return "migration " + migration;
    }

    MigrationDocument started(Caller caller, String id) {
        return steered(caller, "start migration", id, () -> migrations.start(caller, id));
    }

    MigrationDocument paused(Caller caller, String id) {
        return steered(caller, "pause migration", id, () -> migrations.pause(caller, id));
    }

    MigrationDocument resumed(Caller caller, String id) {
        return steered(caller, "resume migration", id, () -> migrations.resume(caller, id));
    }

    MigrationDocument cancelled(Caller caller, String id) {
        return steered(caller, "cancel migration", id, () -> migrations.cancel(caller, id, reason(caller)));
    }

    MigrationDocument takenBack(Caller caller, String id) {
        return steered(caller, "roll back migration", id, () -> migrations.rollback(caller, id, reason(caller)));
    }

    private static String reason(Caller caller) {
        return Objects.requireNonNullElse(caller.reason(), "");
    }

    private MigrationDocument steered(Caller caller, String action, String id, Supplier<Migration> act) {
        String before =
                migrations.find(id).map(found -> Choice.text(found.state())).orElse("");
        Migration after = act.get();
        acts.note(AuditNote.of(caller, action, subject(id)).change(before, Choice.text(after.state())));
        return MigrationDocument.of(after);
    }
}
