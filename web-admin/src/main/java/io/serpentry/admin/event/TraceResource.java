// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.http.Query;
import io.serpentry.event.SessionTraces;
import io.serpentry.event.TraceItem;
import io.serpentry.session.SessionNotFoundException;
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
import java.util.List;

/** {@code /sessions/{id}/events}: the life of a session, also of one that has ended. */
@Path("/sessions/{id}/events")
@RequestScoped
@RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class TraceResource {

    @Inject
    SessionTraces traces;

    @Context
    UriInfo uri;

    @GET
    public Page<TraceDocument> list(@PathParam("id") String id) {
        Query query = Query.of(uri.getQueryParameters(), "limit", "cursor");
        int limit = PageRequest.limit(query);
        TraceItem after = TraceCursor.read(query.single("cursor"));
        List<TraceItem> found = traces.of(id, after, limit + 1);
        if (found.isEmpty() && after == null) {
            throw new SessionNotFoundException(id);
        }
        boolean more = found.size() > limit;
        List<TraceItem> items = more ? found.subList(0, limit) : found;
        return new Page<>(items, more ? TraceCursor.after(items.get(limit - 1)) : null).map(TraceDocument::of);
    }
}
