// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.Roles;
import io.serpentry.admin.audit.Acting;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.http.RequestBody;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.placement.Migration;
import io.serpentry.placement.Migrations;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.session.Caller;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
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
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** {@code /migrations}: those of all servers, the newest first. */
@Path("/migrations")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class MigrationsResource {

    @Inject
    Migrations migrations;

    @Inject
    MigrationActs migrating;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    public Page<MigrationDocument> list() {
        PageRequest wanted = PageRequest.of(uri.getQueryParameters());
        return page(wanted, limit -> migrations.list(wanted.after(), limit), Migration::id)
                .map(MigrationDocument::of);
    }

    /** One more than wanted is asked for, to know whether there is a next page. */
    private static <T> Page<T> page(
            PageRequest wanted, Function<Integer, List<T>> read, Function<? super T, String> cursor) {
        List<T> found = read.apply(Math.min(wanted.limit() + 1, Migrations.PAGE));
        return wanted.page(found, cursor);
    }

    @POST
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @Consumes(MediaType.APPLICATION_JSON)
    @APIResponse(responseCode = "202")
    public Response start(@Context HttpServletRequest http, InputStream body) {
        MigrationBody wanted = MigrationBody.any(RequestBody.json(http, body));
        return migrating.begun(security, uri, wanted.request(), wanted.plan());
    }

    @GET
    @Path("statistics")
    public MigrationStatisticsDocument statistics() {
        Query.of(uri.getQueryParameters());
        return MigrationStatisticsDocument.of(migrations.statistics());
    }

    @GET
    @Path("{id}")
    public MigrationDocument get(@PathParam("id") String id) {
        Query.of(uri.getQueryParameters());
        return migrations
                .find(id)
                .map(MigrationDocument::of)
                .orElseThrow(() -> Refusal.notFound("there is no migration '" + id + "'"));
    }

    @GET
    @Path("{id}/receipts")
    public Page<ReceiptDocument> receipts(@PathParam("id") String id) {
        PageRequest wanted = PageRequest.of(uri.getQueryParameters());
        int from = number(wanted.after()) + 1;
        return page(
                        wanted,
                        limit -> migrations.receipts(id, from, limit),
                        (MoveReceipt receipt) -> Integer.toString(receipt.number()))
                .map(ReceiptDocument::of);
    }

    private static int number(@Nullable String cursor) {
        if (cursor == null) {
            return -1;
        }
        if (!cursor.matches("[0-9]{1,9}")) {
            throw Refusal.field("cursor", "the cursor is not one of this list");
        }
        return Integer.parseInt(cursor);
    }

    @POST
    @Path("{id}/start")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @APIResponse(responseCode = "202")
    public Response begin(@PathParam("id") String id, @Context HttpServletRequest http, InputStream body) {
        return Response.accepted(migrating.started(acting(http, body), id)).build();
    }

    private Caller acting(HttpServletRequest http, InputStream body) {
        return Acting.byBody(security, uri, http, body);
    }

    @POST
    @Path("{id}/pause")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public MigrationDocument pause(@PathParam("id") String id, @Context HttpServletRequest http, InputStream body) {
        return migrating.paused(acting(http, body), id);
    }

    @POST
    @Path("{id}/resume")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public MigrationDocument resume(@PathParam("id") String id, @Context HttpServletRequest http, InputStream body) {
        return migrating.resumed(acting(http, body), id);
    }

    /** What was moved is placed as before, in the background. */
    @POST
    @Path("{id}/cancel")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @APIResponse(responseCode = "202")
    public Response cancel(@PathParam("id") String id, @Context HttpServletRequest http, InputStream body) {
        return Response.accepted(migrating.cancelled(acting(http, body), id)).build();
    }

    /** As {@link #cancel}, of one that is done. */
    @POST
    @Path("{id}/rollback")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @APIResponse(responseCode = "202")
    public Response rollback(@PathParam("id") String id, @Context HttpServletRequest http, InputStream body) {
        return Response.accepted(migrating.takenBack(acting(http, body), id)).build();
    }
}
