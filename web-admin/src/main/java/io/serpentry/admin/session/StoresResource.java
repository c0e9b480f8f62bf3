// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.session.StoreMonitor;
import io.serpentry.session.StoreStatus;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;

/** {@code /stores}: how what keeps the sessions is doing. The store itself is not asked, so this answers while it is down. */
@Path("/stores")
@RequestScoped
@RolesAllowed({Roles.VIEWER, Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class StoresResource {

    @Inject
    StoreMonitor monitor;

    @GET
    public Page<StoreDocument> list(@Context UriInfo uri) {
        return PageRequest.of(uri.getQueryParameters())
                .cut(List.of(monitor.status()), StoreStatus::name)
                .map(StoreDocument::of);
    }
}
