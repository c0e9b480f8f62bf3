// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.audit;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.Page;
import io.serpentry.admin.http.PageRequest;
import io.serpentry.audit.AuditPage;
import io.serpentry.audit.AuditTrail;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;

/** {@code /audit}: the newest row first. The database cuts the pages. */
@Path("/audit")
@RequestScoped
@RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class AuditResource {

    @Inject
    AuditTrail audit;

    @GET
    public Page<AuditDocument> list(@Context UriInfo uri) {
        AuditPage page = audit.page(AuditQueries.of(uri.getQueryParameters()));
        String next = page.more()
                ? PageRequest.cursorAfter(
                        Long.toString(page.items().get(page.items().size() - 1).id()))
                : null;
        return new Page<>(page.items(), next).map(AuditDocument::of);
    }
}
