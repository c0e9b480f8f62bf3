// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.admin.http.Query;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.event.EventLog;
import io.serpentry.event.ServerEvent;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** {@code /events}: what has happened on the servers of this database, as a list; and what happens, as a stream. */
@Path("/events")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
public class EventsResource {

    private static final int READ = 1000;
    /** A list ends before its limit rather than look at more events than that. */
    private static final int MOST_READ = 20;

    @Inject
    EventLog log;

    @Inject
    EventFeed feed;

    @Context
    UriInfo uri;

    // Described by hand: what is found here would have the qs in the name of the media type.
    @GET
    @Operation(hidden = true)
    @Produces(MediaType.APPLICATION_JSON + ";qs=1")
    public Page<EventDocument> list() {
        Query query = Query.of(uri.getQueryParameters(), "limit", "cursor", "after", "types");
        EventTypes types = EventTypes.of(query.single("types"));
        int limit = PageRequest.limit(query);
        String cursor = query.single("cursor");
        if (cursor != null && query.single("after") != null) {
            throw Refusal.field("after", "a list has a cursor or an 'after', not both");
        }
        Long after = cursor == null ? id("after", query.single("after")) : id("cursor", cursor);
        return page(types, limit, after == null ? 0 : after);
    }

    private Page<EventDocument> page(EventTypes types, int limit, long after) {
        List<EventDocument> found = new ArrayList<>();
        long seen = after;
        for (int i = 0; i < MOST_READ; i++) {
            List<ServerEvent> read = log.after(seen, READ);
            for (ServerEvent event : read) {
                if (types.contain(event.type())) {
                    if (found.size() == limit) {
                        return new Page<>(found, Long.toString(seen));
                    }
                    found.add(EventDocument.of(event));
                }
                seen = event.id();
            }
            if (read.size() < READ) {
                return new Page<>(found, null);
            }
        }
        return new Page<>(found, Long.toString(seen));
    }

    /** @param answer never given: the stream is the answer, and {@link SseClient} ends it */
    @GET
    @Operation(hidden = true)
    @Produces(MediaType.SERVER_SENT_EVENTS + ";qs=0.5")
    public void stream(
            @HeaderParam(HttpHeaders.LAST_EVENT_ID_HEADER) @Nullable String lastEventId,
            @Context HttpServletRequest http,
            @Suspended AsyncResponse answer) {
        Query query = Query.of(uri.getQueryParameters(), "after", "types");
        EventTypes types = EventTypes.of(query.single("types"));
        Long seen = id(HttpHeaders.LAST_EVENT_ID_HEADER, lastEventId);
        // A browser that connects again asks for the same URL: what it has seen since counts.
        Long from = seen == null ? id("after", query.single("after")) : seen;
        feed.listen(() -> SseClient.answering(http.getAsyncContext()), types, from);
    }

    private static @Nullable Long id(String field, @Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw Refusal.field(field, field + " must be the id of an event, or 0");
        }
        return Long.valueOf(text);
    }
}
