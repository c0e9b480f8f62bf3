// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.alert;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.alert.Alert;
import io.serpentry.alert.Alerts;
import io.serpentry.session.Caller;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;

/** {@code /alerts}: what is or was wrong, on all servers of the database. */
@Path("/alerts")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class AlertsResource {

    private static final int MOST = 10_000;

    @Inject
    Alerts alerts;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    /** The latest first; of more than 10,000 only those. */
    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
    public Page<AlertDocument> list() {
        return PageRequest.of(uri.getQueryParameters())
                .cutDescending(alerts.list(MOST), Alert::id)
                .map(AlertDocument::of);
    }

    /** Whoever is first is noted. */
    @POST
    @Path("{id}/acknowledge")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public AlertDocument acknowledge(@PathParam("id") String id) {
        Query.of(uri.getQueryParameters());
        Caller caller = Caller.operator(security.getUserPrincipal().getName());
        return alerts.acknowledge(caller, id)
                .map(AlertDocument::of)
                .orElseThrow(() -> Refusal.notFound("there is no alert '" + id + "'"));
    }
}
