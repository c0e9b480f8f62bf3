// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.AdminKeys;
import io.serpentry.admin.Roles;
import io.serpentry.admin.audit.Acting;
import io.serpentry.admin.audit.Acts;
import io.serpentry.admin.http.JsonBody;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.http.Reason;
import io.serpentry.admin.http.RequestBody;
import io.serpentry.admin.idempotency.Fingerprint;
import io.serpentry.admin.idempotency.Idempotency;
import io.serpentry.admin.idempotency.TakesIdempotencyKey;
import io.serpentry.admin.mask.Secrets;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.audit.AuditNote;
import io.serpentry.audit.AuditTrail;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
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
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/**
 * {@code /sessions}: those of all owners. Viewers see what there is; content, which may be anything, is for operators, and the
 * store's audit has each look at another owner's.
 */
@Path("/sessions")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class SessionsResource {

    static final String STATISTICS = "statistics";

    private static final String UNMASKED = "unmasked";

    @Inject
    SessionStore store;

    @Inject
    AuditTrail audit;

    @Inject
    Acts acts;

    @Inject
    Secrets secrets;

    @Inject
    BulkDeletion bulk;

    @Inject
    Idempotency idempotency;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    public Page<SessionDocument> list() {
        SessionPage page = store.page(caller(), SessionQueries.of(uri.getQueryParameters()));
        return new Page<>(page.items(), page.next()).map(SessionDocument::of);
    }

    private Caller caller() {
        return Caller.operator(security.getUserPrincipal().getName());
    }

    @POST
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @TakesIdempotencyKey
    @Consumes(MediaType.APPLICATION_JSON)
    @APIResponse(responseCode = "201")
    public Response create(
            @HeaderParam(Idempotency.HEADER) List<String> key, @Context HttpServletRequest http, InputStream body) {
        Caller caller = acting();
        Fingerprint asked = Fingerprint.of(http, body);
        NewSession wanted = SessionCreation.of(RequestBody.json(http, asked.body()));
        return idempotency.once(key, caller.name(), asked, () -> created(caller, wanted));
    }

    private Response created(Caller caller, NewSession wanted) {
        SessionInfo created = store.create(caller, wanted);
        return Response.created(URI.create("sessions/" + created.id()))
                .tag(Long.toString(created.revision()))
                .entity(SessionDocument.of(created))
                .build();
    }

    private Caller acting() {
        return Acting.byParameter(security, uri);
    }

    @DELETE
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public BulkDocument deleteMany(@HeaderParam(IfMatch.HEADER) List<String> match) {
        IfMatch.requireNone(match);
        return bulk.run(caller(), BulkDeletion.Order.of(uri.getQueryParameters()));
    }

    @GET
    @Path(STATISTICS)
    public StatisticsDocument statistics() {
        return StatisticsDocument.of(store.statistics(caller()));
    }

    @GET
    @Path("{id}")
    public Response get(@PathParam("id") String id) {
        SessionView view = view(id);
        return Response.ok(SessionDocument.of(view))
                .tag(Long.toString(view.info().revision()))
                .build();
    }

    private SessionView view(String id) {
        return store.find(caller(), id).orElseThrow(() -> new SessionNotFoundException(id));
    }

    @PATCH
    @Path("{id}")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @Consumes(MediaType.APPLICATION_JSON)
    public SavedDocument change(
            @PathParam("id") String id,
            @HeaderParam(IfMatch.HEADER) List<String> match,
            @Context HttpServletRequest http,
            InputStream body) {
        Caller caller = acting();
        SessionDelta delta = SessionPatch.of(id, RequestBody.json(http, body), IfMatch.revision(match));
        try {
            return SavedDocument.of(store.save(caller, delta));
        } catch (SessionConflictException e) {
            // No entry is changed on the condition that it has some version: it was the revision.
            throw Refusal.preconditionFailed(e);
        }
    }

    @DELETE
    @Path("{id}")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @APIResponse(responseCode = "204")
    public Response delete(@PathParam("id") String id, @HeaderParam(IfMatch.HEADER) List<String> match) {
        IfMatch.requireNone(match);
        if (!store.delete(acting(), id)) {
            throw new SessionNotFoundException(id);
        }
        return Response.noContent().build();
    }

    @POST
    @Path("{id}/touch")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    public TouchedDocument touch(@PathParam("id") String id, @HeaderParam(IfMatch.HEADER) List<String> match) {
        IfMatch.requireNone(match);
        Caller acting = Acting.byParameter(security, uri);
        TouchedDocument touched = TouchedDocument.of(store.touch(acting, id, Instant.EPOCH));
        acts.note(AuditNote.of(acting, "touch", "session " + id).detail(touched.outcome()));
        return touched;
    }

    @GET
    @Path("{id}/entries")
    public Page<SessionDocument.Entry> entries(@PathParam("id") String id) {
        return PageRequest.of(uri.getQueryParameters())
                .cut(view(id).entries(), EntryInfo::name)
                .map(SessionDocument.Entry::of);
    }

    /** The content as it was stored; never as what a browser would show, since it may be anything. */
    @GET
    @Path("{id}/entries/{name}")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    public Response entry(@PathParam("id") String id, @PathParam("name") String name) {
        Query query = Query.of(uri.getQueryParameters(), UNMASKED, Reason.NAME);
        boolean unmasked = query.isTrue(UNMASKED);
        if (unmasked) {
            requireAdmin();
            audit.note(AuditNote.of(
                            Acting.because(security, Reason.in(query)),
                            "read unmasked",
                            "session " + view(id).info().id())
                    .detail(name));
        }
        EntryRead read = store.entries(caller(), id, Set.of(name), Set.of()).stream()
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("session '" + id + "' has no entry '" + name + "'"));
        if (read instanceof EntryRead.Corrupt corrupt) {
            throw corrupt.failure();
        }
        byte[] content = ((EntryRead.Content) read).toByteArray();
        Optional<byte[]> masked = unmasked
                ? Optional.empty()
                : secrets.mask().content(name, read.info().mediaType(), content);
        return Response.ok(masked.orElse(content))
                .header("Serpentry-Masked", masked.isPresent())
                .tag(Long.toString(read.info().version()))
                .header("Content-Disposition", "attachment")
                .header("Serpentry-Media-Type", read.info().mediaType())
                .build();
    }

    private void requireAdmin() {
        if (!security.isUserInRole(Roles.ADMIN)) {
            throw Refusal.forbidden("only admins may see what is masked (" + AdminKeys.MASK + ")");
        }
    }

    @GET
    @Path("{id}/revisions")
    public Page<RevisionDocument> revisions(@PathParam("id") String id) {
        return PageRequest.of(uri.getQueryParameters())
                .cutDescending(store.revisions(caller(), id), revision -> Long.toString(revision.revision()))
                .map(RevisionDocument::of);
    }

    @POST
    @Path("{id}/restore")
    @RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
    @Consumes(MediaType.APPLICATION_JSON)
    public SavedDocument restore(
            @PathParam("id") String id,
            @HeaderParam(IfMatch.HEADER) List<String> match,
            @Context HttpServletRequest http,
            InputStream body) {
        IfMatch.requireNone(match);
        return SavedDocument.of(
                restored(id, JsonBody.of(RequestBody.json(http, body), "revision", "entry", "version")));
    }

    private Saved restored(String id, JsonBody wanted) {
        Long revision = wanted.number("revision");
        String entry = wanted.text("entry");
        Long version = wanted.number("version");
        if (revision != null && entry == null && version == null) {
            return store.restore(acting(), id, revision);
        }
        if (revision == null && entry != null && version != null) {
            return store.restoreEntry(acting(), id, entry, version);
        }
        throw Refusal.badRequest("the body must have 'revision', or 'entry' and 'version'");
    }
}
