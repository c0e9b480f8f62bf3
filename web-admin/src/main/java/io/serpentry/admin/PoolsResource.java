// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import io.serpentry.admin.audit.Acting;
import io.serpentry.admin.care.Care;
import io.serpentry.admin.care.ReloadDocument;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.FunctionInfo;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
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

/** {@code /pools}. */
@Path("/pools")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class PoolsResource {

    @Inject
    PythonPools pools;

    @Inject
    Care care;

    @GET
    public Page<PoolView> list(@Context UriInfo uri, @Context SecurityContext caller) {
        PageRequest request = PageRequest.of(uri.getQueryParameters());
        boolean withTracebacks = Roles.seesTracebacks(caller::isUserInRole);
        return request.cut(pools.list(), pool -> pool.name()).map(pool -> PoolView.of(pool, withTracebacks));
    }

    @GET
    @Path("{pool}/functions")
    public Page<FunctionView> functions(@PathParam("pool") String name, @Context UriInfo uri) {
        PythonPool pool = pools.find(name).orElseThrow(() -> Refusal.noSuchPool(name, pools));
        return PageRequest.of(uri.getQueryParameters())
                .cut(pool.functions(), FunctionInfo::name)
                .map(FunctionView::of);
    }

    /** Replaces all workers, as many at a time as there are spare places; the answer names them. */
    @POST
    @Path("{pool}/reload")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @APIResponse(responseCode = "202")
    public Response reload(
            @PathParam("pool") String name,
            @Context UriInfo uri,
            @Context SecurityContext caller,
            @Context HttpServletRequest http,
            InputStream body) {
        List<String> replaced = care.reload(Acting.byBody(caller, uri, http, body), name);
        return Response.accepted(new ReloadDocument(name, replaced)).build();
    }

    @GET
    @Path("{pool}")
    public PoolView get(@PathParam("pool") String name, @Context SecurityContext caller) {
        return pools.find(name)
                .map(pool -> PoolView.of(pool, Roles.seesTracebacks(caller::isUserInRole)))
                .orElseThrow(() -> Refusal.noSuchPool(name, pools));
    }
}
