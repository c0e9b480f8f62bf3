// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.slow;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.Query;
import io.serpentry.slow.SlowOperations;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

/** {@code /slow}: the calls, waits and operations of the store that took longest. */
@Path("/slow")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class SlowResource {

    @Inject
    SlowOperations slow;

    @GET
    public SlowDocument report(@Context UriInfo uri) {
        Query.of(uri.getQueryParameters());
        return SlowDocument.of(slow.report());
    }
}
