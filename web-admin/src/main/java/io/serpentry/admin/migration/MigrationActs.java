// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.http.Query;
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
import org.jspecify.annotations.Nullable;

/** Begins and steers migrations, which note each act in the audit by themselves. Any thread may use it. */
@ApplicationScoped
public class MigrationActs {

    @Inject
    Migrations migrations;

    /** Begins one, or with {@code dryRun=true} shows what it would do. */
    Response begun(SecurityContext security, UriInfo uri, MigrationRequest request, @Nullable String plan) {
        if (Query.of(uri.getQueryParameters(), "dryRun").isTrue("dryRun")) {
            MigrationPlan made = migrations.plan(request);
            return Response.ok(PlanDocument.of(made)).build();
        }
        Caller caller = Caller.operator(security.getUserPrincipal().getName()).because(request.reason());
        Migration begun = migrations.start(caller, request, plan);
        return Response.accepted(MigrationDocument.of(begun))
                .location(URI.create("migrations/" + begun.id()))
                .build();
    }

    MigrationDocument started(Caller caller, String id) {
        return MigrationDocument.of(migrations.start(caller, id));
    }

    MigrationDocument paused(Caller caller, String id) {
        return MigrationDocument.of(migrations.pause(caller, id));
    }

    MigrationDocument resumed(Caller caller, String id) {
        return MigrationDocument.of(migrations.resume(caller, id));
    }

    MigrationDocument cancelled(Caller caller, String id) {
        return MigrationDocument.of(migrations.cancel(caller, id, reason(caller)));
    }

    MigrationDocument takenBack(Caller caller, String id) {
        return MigrationDocument.of(migrations.rollback(caller, id, reason(caller)));
    }

    private static String reason(Caller caller) {
        return Objects.requireNonNullElse(caller.reason(), "");
    }
}
