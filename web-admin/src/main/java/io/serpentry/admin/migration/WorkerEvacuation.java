// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.JsonBody;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
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
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** {@code /workers/{id}/evacuate}: all sessions of a worker go to the others, then it is ended. */
@Path("/workers/{id}/evacuate")
@RequestScoped
@RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class WorkerEvacuation {

    @Inject
    MigrationActs migrating;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @Inject
    PythonPools pools;

    @POST
    @APIResponse(responseCode = "202")
    public Response evacuate(@PathParam("id") String id, @Context HttpServletRequest http, InputStream in) {
        JsonBody body = MigrationBody.optional(http, in, "deadline", "reason", "plan");
        String pool = pools.list().stream()
                .filter(found ->
                        found.workers().stream().anyMatch(worker -> worker.id().equals(id)))
                .map(PythonPool::name)
                .findFirst()
                .orElseThrow(() -> Refusal.noSuchWorker(id));
        MigrationRequest request = MigrationRequest.evacuate(pool, id)
                .within(MigrationBody.deadline(body))
                .because(MigrationBody.reason(body));
        return migrating.begun(security, uri, request, body.text("plan"));
    }
}
