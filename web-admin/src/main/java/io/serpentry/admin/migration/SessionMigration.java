// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.JsonBody;
import io.serpentry.admin.http.RequestBody;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.placement.MigrationRequest;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** {@code /sessions/{id}/migrate}: a session goes to another worker. */
@Path("/sessions/{id}/migrate")
@RequestScoped
@RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class SessionMigration {

    @Inject
    MigrationActs migrating;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @POST
    @APIResponse(responseCode = "202")
    public Response migrate(@PathParam("id") String id, @Context HttpServletRequest http, InputStream in) {
        JsonBody body = JsonBody.of(RequestBody.json(http, in), "pool", "from", "to", "deadline", "reason", "plan");
        String pool = body.text("pool");
        String to = body.text("to");
        if (to == null) {
            throw Refusal.field("to", "'to' is missing: the id of the worker that the session is to go to");
        }
        MigrationRequest request = MigrationRequest.migrate(
                        pool == null ? MigrationBody.POOL : pool, List.of(id), body.text("from"), to)
                .within(MigrationBody.deadline(body))
                .because(MigrationBody.reason(body));
        return migrating.begun(security, uri, request, body.text("plan"));
    }
}
