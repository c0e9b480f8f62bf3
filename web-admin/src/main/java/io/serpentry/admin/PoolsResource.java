// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonPools;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;

/** {@code /pools}. */
@Path("/pools")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class PoolsResource {

    @Inject
    PythonPools pools;

    @GET
    public Page<PoolView> list(@Context UriInfo uri, @Context SecurityContext caller) {
        PageRequest request = PageRequest.of(uri.getQueryParameters());
        boolean withTracebacks = Roles.seesTracebacks(caller::isUserInRole);
        return request.cut(pools.list(), pool -> pool.name()).map(pool -> PoolView.of(pool, withTracebacks));
    }

    @GET
    @Path("{pool}")
    public PoolView get(@PathParam("pool") String name, @Context SecurityContext caller) {
        return pools.find(name)
                .map(pool -> PoolView.of(pool, Roles.seesTracebacks(caller::isUserInRole)))
                .orElseThrow(() -> Refusal.noSuchPool(name, pools));
    }
}
