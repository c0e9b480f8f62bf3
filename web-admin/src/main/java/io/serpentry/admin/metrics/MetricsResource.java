// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.metrics;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.Query;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** {@code /metrics}: MicroProfile Metrics, for Prometheus to read. */
@Path("/metrics")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.TEXT_PLAIN)
public class MetricsResource {

    @Inject
    PoolMetrics pools;

    @Inject
    CallMetrics calls;

    @Inject
    SessionCallMetrics sessions;

    @Inject
    ModelMetrics models;

    @GET
    public Response get(@Context UriInfo uri) {
        String scope = Query.of(uri.getQueryParameters(), "scope").single("scope");
        pools.look();
        calls.look();
        sessions.look();
        models.look();
        return Response.ok(Exposition.of(scope), Exposition.MEDIA_TYPE).build();
    }
}
