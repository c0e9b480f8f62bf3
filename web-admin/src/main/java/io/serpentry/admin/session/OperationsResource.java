// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.Roles;
import io.serpentry.admin.audit.Acting;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonException;
import io.serpentry.session.Caller;
import io.serpentry.session.KeptHook;
import io.serpentry.session.KeptHooks;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** {@code /operations}: what was to be done in Python after a commit and is not done. Whoever has dealt with one deletes it. */
@Path("/operations")
@RequestScoped
@RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class OperationsResource {

    @Inject
    KeptHooks hooks;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    /** By id. */
    @GET
    public Page<OperationDocument> list() {
        PageRequest wanted = PageRequest.of(uri.getQueryParameters());
        // One more than wanted tells whether there is a next page.
        return wanted.page(hooks.list(wanted.after(), wanted.limit() + 1), KeptHook::id)
                .map(OperationDocument::of);
    }

    @GET
    @Path("{id}")
    public OperationDocument get(@PathParam("id") String id) {
        Query.of(uri.getQueryParameters());
        return hooks.find(id).map(OperationDocument::of).orElseThrow(() -> missing(id));
    }

    private static PythonException missing(String id) {
        return Refusal.notFound("there is no operation '" + id + "'");
    }

    @DELETE
    @Path("{id}")
    @APIResponse(responseCode = "204")
    public Response delete(@PathParam("id") String id, @HeaderParam(IfMatch.HEADER) List<String> match) {
        IfMatch.requireNone(match);
        Caller caller = Acting.byParameter(security, uri);
        if (!hooks.dismiss(caller, id)) {
            throw missing(id);
        }
        return Response.noContent().build();
    }
}
