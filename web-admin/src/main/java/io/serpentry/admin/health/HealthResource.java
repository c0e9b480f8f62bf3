// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.health;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.Query;
import io.serpentry.health.HealthResult;
import io.serpentry.health.ServerHealth;
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
import java.util.List;
import java.util.stream.Stream;

/** {@code /health}, in the shape of MicroProfile Health; 503 if something is down. */
@Path("/health")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class HealthResource {

    @Inject
    ServerHealth health;

    @Context
    UriInfo uri;

    @GET
    public Response all() {
        return answer(Stream.of(health.live(), health.started(), health.ready())
                .flatMap(List::stream)
                .toList());
    }

    @GET
    @Path("/live")
    public Response live() {
        return answer(health.live());
    }

    @GET
    @Path("/started")
    public Response started() {
        return answer(health.started());
    }

    @GET
    @Path("/ready")
    public Response ready() {
        return answer(health.ready());
    }

    private Response answer(List<HealthResult> looked) {
        Query.of(uri.getQueryParameters());
        HealthReport report = HealthReport.of(looked);
        return Response.status(report.status().equals("UP") ? 200 : 503)
                .entity(report)
                .build();
    }
}
