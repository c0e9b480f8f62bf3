// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.AdminKeys;
import io.serpentry.admin.Roles;
import io.serpentry.admin.audit.Acting;
import io.serpentry.admin.audit.Acts;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.http.Reason;
import io.serpentry.admin.http.RequestBody;
import io.serpentry.admin.idempotency.Fingerprint;
import io.serpentry.admin.idempotency.Idempotency;
import io.serpentry.admin.idempotency.TakesIdempotencyKey;
import io.serpentry.audit.AuditNote;
import io.serpentry.session.ArchiveRefusedException;
import io.serpentry.session.Caller;
import io.serpentry.session.ExportReport;
import io.serpentry.session.ImportMode;
import io.serpentry.session.ImportReport;
import io.serpentry.session.SessionArchive;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionQuery;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Sessions as a file, with all their content, so for admins only. It goes through here as a stream and is never held whole. Its format is the store's. */
@Path("/sessions")
@RequestScoped
@RolesAllowed(Roles.ADMIN)
public class ArchiveResource {

    static final String EXPORT = "export";
    static final String IMPORT = "import";

    private static final String BROKEN_OFF = "broken off";
    private static final String NOTHING = "";

    private static final String JSON_LINES = "application/x-ndjson";
    private static final String MAX_BYTES = AdminKeys.IMPORT_MAX_BYTES;

    @Inject
    SessionArchive archive;

    @Inject
    @ConfigProperty(name = MAX_BYTES, defaultValue = AdminKeys.IMPORT_MAX_BYTES_DEFAULT)
    long maxBytes;

    @Inject
    Acts acts;

    @Inject
    Idempotency idempotency;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @POST
    @Path(EXPORT)
    @Produces(JSON_LINES)
    public Response export(@HeaderParam(IfMatch.HEADER) List<String> match, @Context HttpServletResponse http) {
        IfMatch.requireNone(match);
        Caller caller = caller();
        SessionQuery query = SessionQueries.ofAllPages(uri.getQueryParameters());
        return download(
                "sessions",
                new Download(http, out -> noted(caller, "sessions", () -> archive.exportTo(caller, query, out))));
    }

    @POST
    @Path("{id}/" + EXPORT)
    @Produces(JSON_LINES)
    public Response export(
            @PathParam("id") String id,
            @HeaderParam(IfMatch.HEADER) List<String> match,
            @Context HttpServletResponse http) {
        Query.of(uri.getQueryParameters());
        IfMatch.requireNone(match);
        Caller caller = caller();
        return download(
                "session-" + id,
                new Download(http, out -> noted(caller, "session " + id, () -> archive.exportTo(caller, id, out))));
    }

    /** Writes an archive. */
    interface Exporting {
        ExportReport export() throws IOException;
    }

    /** One that fails on the way is noted too: what was sent until then is out. */
    ExportReport noted(Caller caller, String subject, Exporting exporting) throws IOException {
        String detail = BROKEN_OFF;
        try {
            ExportReport report = exporting.export();
            detail = report.sessions() + " sessions";
            return report;
        } catch (SessionNotFoundException e) {
            detail = NOTHING;
            throw e;
        } finally {
            note(caller, EXPORT, subject, detail);
        }
    }

    /** What was refused as a whole is no act. */
    private void note(Caller caller, String action, String subject, String detail) {
        if (!detail.equals(NOTHING)) {
            acts.note(AuditNote.of(caller, action, subject).detail(detail));
        }
    }

    private Caller caller() {
        return Caller.operator(security.getUserPrincipal().getName());
    }

    private static Response download(String name, Download content) {
        return Response.ok(content)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + fileName(name) + "\"")
                .build();
    }

    /** An underscore stands for what file systems do not allow, and for what would end the header's string. */
    static String fileName(String name) {
        return name.replaceAll("[^A-Za-z0-9._~@-]", "_") + ".jsonl";
    }

    @POST
    @Path(IMPORT)
    @TakesIdempotencyKey
    @Consumes(JSON_LINES)
    @Produces(MediaType.APPLICATION_JSON)
    public Response importFile(
            @HeaderParam(IfMatch.HEADER) List<String> match,
            @HeaderParam(Idempotency.HEADER) List<String> key,
            @Context HttpServletRequest http,
            InputStream body) {
        IfMatch.requireNone(match);
        ImportMode mode = ImportModes.of(uri.getQueryParameters());
        String reason = Reason.in(Query.of(uri.getQueryParameters(), "mode", "existing", Reason.NAME));
        Caller caller = Acting.because(security, reason);
        InputStream file = RequestBody.stream(http, body, JSON_LINES, new RequestBody.Limit(maxBytes, MAX_BYTES));
        Fingerprint asked = Fingerprint.of(http, file);
        return idempotency.once(key, caller.name(), asked, () -> Response.ok(imported(caller, asked.body(), mode))
                .build());
    }

    private ImportDocument imported(Caller caller, InputStream file, ImportMode mode) {
        String detail = BROKEN_OFF;
        try {
            ImportDocument done = ImportDocument.of(read(caller, file, mode));
            detail = done.sessions() + ", " + done.entries() + " entries";
            return done;
        } catch (ArchiveRefusedException e) {
            detail = NOTHING;
            throw e;
        } finally {
            note(caller, IMPORT, "sessions", detail);
        }
    }

    private ImportReport read(Caller caller, InputStream file, ImportMode mode) {
        try {
            return archive.importFrom(caller, file, mode);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
