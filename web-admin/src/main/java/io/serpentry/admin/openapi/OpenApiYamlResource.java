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

/** {@code /openapi.yaml}. */
@Path("/openapi.yaml")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces("application/yaml")
public class OpenApiYamlResource {

    @GET
    public Response get(@Context UriInfo uri) {
        Query.of(uri.getQueryParameters());
        return OpenApiFile.answer("openapi.yaml");
    }
}
