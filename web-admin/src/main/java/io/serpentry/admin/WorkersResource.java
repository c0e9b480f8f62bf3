// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerStatus;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.stream.Stream;

/** {@code /workers}: those of all pools. */
@Path("/workers")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class WorkersResource {

    @Inject
    PythonPools pools;

    @GET
    public Page<WorkerView> list(@Context UriInfo uri) {
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
                .orElseThrow(() -> Refusal.notFound("there is no worker '" + id + "'; it may have ended"));
    }

    private Stream<WorkerStatus> workers() {
        return pools.list().stream().flatMap(pool -> pool.workers().stream());
    }
}
