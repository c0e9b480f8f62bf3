// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import io.serpentry.admin.audit.Acting;
import io.serpentry.admin.care.Care;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.session.Caller;
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
import java.time.Duration;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** {@code /workers}: those of all pools, and their care by hand, whose body, which may be left out, says why. */
@Path("/workers")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class WorkersResource {

    private static final String TEXT = "text/plain;charset=utf-8";
    private static final String DURATION = "duration";
    private static final Duration PROFILE = Duration.ofSeconds(5);

    @Inject
    PythonPools pools;

    @Inject
    Care care;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    public Page<WorkerView> list() {
        return PageRequest.of(uri.getQueryParameters())
                .cut(workers().toList(), WorkerStatus::id)
                .map(WorkerView::of);
    }

    @GET
    @Path("{id}")
    public WorkerView get(@PathParam("id") String id) {
        return workers()
                .filter(worker -> worker.id().equals(id))
                .findFirst()
                .map(WorkerView::of)
                .orElseThrow(() -> Refusal.noSuchWorker(id));
    }

    private Stream<WorkerStatus> workers() {
        return pools.list().stream().flatMap(pool -> pool.workers().stream());
    }

    @POST
    @Path("{id}/cordon")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public WorkerView cordon(@PathParam("id") String id, @Context HttpServletRequest http, InputStream body) {
        return WorkerView.of(care.cordon(acting(http, body), id));
    }

    private Caller acting(HttpServletRequest http, InputStream body) {
        return Acting.byBody(security, uri, http, body);
    }

    @POST
    @Path("{id}/uncordon")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public WorkerView uncordon(@PathParam("id") String id, @Context HttpServletRequest http, InputStream body) {
        return WorkerView.of(care.uncordon(acting(http, body), id));
    }

    /** The stacks of a worker's threads. */
    @POST
    @Path("{id}/dump")
    @Produces(TEXT)
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public String dump(@PathParam("id") String id) {
        Query.of(uri.getQueryParameters());
        return care.poolOf(id).stacks(id);
    }

    /** Where a worker's calls are for some time, 5 seconds unless said; the answer comes after it. */
    @POST
    @Path("{id}/profile")
    @Produces(TEXT)
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public String profile(@PathParam("id") String id) {
        Duration duration = Query.of(uri.getQueryParameters(), DURATION).duration(DURATION);
        return care.poolOf(id).profile(id, duration == null ? PROFILE : duration);
    }

    /** The answer shows the worker as it was: it lives on until another has taken its place. */
    @POST
    @Path("{id}/recycle")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @APIResponse(responseCode = "202")
    public Response recycle(@PathParam("id") String id, @Context HttpServletRequest http, InputStream body) {
        return Response.accepted(WorkerView.of(care.recycle(acting(http, body), id)))
                .build();
    }
}
