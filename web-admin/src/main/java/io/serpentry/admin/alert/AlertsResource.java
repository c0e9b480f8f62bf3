// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.alert;

import io.serpentry.admin.Roles;
import io.serpentry.admin.audit.Acting;
import io.serpentry.admin.audit.Acts;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.alert.Alert;
import io.serpentry.alert.Alerts;
import io.serpentry.audit.AuditNote;
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
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;

/** {@code /alerts}: what is or was wrong, on all servers of the database. */
@Path("/alerts")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
public class AlertsResource {

    @Inject
    Alerts alerts;

    @Inject
    Acts acts;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    /** The latest first. */
    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
    public Page<AlertDocument> list() {
        PageRequest wanted = PageRequest.of(uri.getQueryParameters());
        // One more than wanted tells whether there is a next page.
        return wanted.page(alerts.list(wanted.after(), wanted.limit() + 1), Alert::id)
                .map(AlertDocument::of);
    }

    /** Whoever is first is noted. */
    @POST
    @Path("{id}/acknowledge")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public AlertDocument acknowledge(@PathParam("id") String id, @Context HttpServletRequest http, InputStream body) {
        Caller caller = Acting.byBody(security, uri, http, body);
        Alert known =
                alerts.acknowledge(caller, id).orElseThrow(() -> Refusal.notFound("there is no alert '" + id + "'"));
        acts.note(AuditNote.of(caller, "acknowledge", "alert " + id)
                .detail(known.rule().key() + ": " + known.message()));
        return AlertDocument.of(known);
    }
}
