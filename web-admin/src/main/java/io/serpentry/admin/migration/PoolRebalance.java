// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.JsonBody;
import io.serpentry.admin.problem.Refusal;
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

/** {@code /pools/{pool}/rebalance}: the sessions of a pool are shared out among its workers. */
@Path("/pools/{pool}/rebalance")
@RequestScoped
@RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class PoolRebalance {

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
    public Response rebalance(@PathParam("pool") String pool, @Context HttpServletRequest http, InputStream in) {
        JsonBody body = MigrationBody.optional(http, in, "targets", "deadline", "reason", "plan");
        if (pools.find(pool).isEmpty()) {
            throw Refusal.noSuchPool(pool, pools);
        }
        MigrationRequest request = MigrationRequest.rebalance(pool, MigrationBody.shares(body))
                .within(MigrationBody.deadline(body))
                .because(MigrationBody.reason(body));
        return migrating.begun(security, uri, request, body.text("plan"));
    }
}
