// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.openapi;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.Query;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;

/** {@code /openapi.json}. */
@Path("/openapi.json")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces("application/json")
public class OpenApiJsonResource {

    @GET
    public Response get(@Context UriInfo uri) {
        Query.of(uri.getQueryParameters());
        return OpenApiFile.answer("openapi.json");
    }
}
