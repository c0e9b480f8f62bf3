// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.http.Query;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.Migrations;
import io.serpentry.session.Caller;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Begins migrations, or with {@code dryRun=true} shows what they would do. */
@RequestScoped
public class MigrationStarts {

    @Inject
    Migrations migrations;

    static Caller caller(SecurityContext security) {
        return Caller.operator(security.getUserPrincipal().getName());
    }

    Response answer(SecurityContext security, UriInfo uri, MigrationRequest request, @Nullable String plan) {
        if (isDryRun(uri)) {
            return Response.ok(PlanDocument.of(migrations.plan(request))).build();
        }
        Migration begun = migrations.start(caller(security), request, plan);
        return Response.accepted(MigrationDocument.of(begun))
                .location(URI.create("migrations/" + begun.id()))
                .build();
    }

    private static boolean isDryRun(UriInfo uri) {
        String dryRun = Query.of(uri.getQueryParameters(), "dryRun").single("dryRun");
        if (dryRun == null || dryRun.equals("false")) {
            return false;
        }
        if (!dryRun.equals("true")) {
            throw Refusal.field("dryRun", "dryRun must be true or false");
        }
        return true;
    }
}
