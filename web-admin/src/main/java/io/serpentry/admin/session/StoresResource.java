// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.Roles;
import io.serpentry.admin.audit.Acts;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.audit.AuditNote;
import io.serpentry.session.Caller;
import io.serpentry.session.CheckReport;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreCheck;
import io.serpentry.session.StoreMonitor;
import io.serpentry.session.StoreStatus;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code /stores}: how what keeps the sessions is doing, and whether all it holds can be read. */
@Path("/stores")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class StoresResource {

    private static final Duration USUAL_TIME = Duration.ofSeconds(10);

    @Inject
    StoreMonitor monitor;

    @Inject
    SessionStore store;

    @Inject
    Acts acts;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    /** The store itself is not asked, so this answers while it is down. */
    @GET
    public Page<StoreDocument> list() {
        return PageRequest.of(uri.getQueryParameters())
                .cut(List.of(monitor.status()), StoreStatus::name)
                .map(StoreDocument::of);
    }

    /** Reads sessions by id for that long, and tells where to go on. */
    @POST
    @Path("{name}/check")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public CheckDocument check(@PathParam("name") String name) {
        Query query = Query.of(uri.getQueryParameters(), "cursor", "atMost");
        Duration atMost = Optional.ofNullable(query.duration("atMost")).orElse(USUAL_TIME);
        if (!name.equals(monitor.status().name())) {
            throw Refusal.notFound("there is no store '" + name + "'");
        }
        // Not as the user, who is shown no content: each entry would be in the audit as read by him.
        CheckReport report = StoreCheck.run(store, Caller.SYSTEM, query.single("cursor"), atMost);
        acts.note(AuditNote.of(Caller.operator(security.getUserPrincipal().getName()), "check", "store " + name)
                .detail(report.sessions() + " sessions, " + (report.problems().size() + report.problemsLeftOut())
                        + " problems"));
        return CheckDocument.of(report);
    }
}
