// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.audit;

import io.serpentry.admin.http.Query;
import io.serpentry.admin.http.Reason;
import io.serpentry.session.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;

/** Who changes something by a request, and why. */
public final class Acting {

    private Acting() {}

    public static Caller because(SecurityContext security, String reason) {
        return Caller.operator(security.getUserPrincipal().getName()).because(reason);
    }

    /** The reason is the one parameter that the request may have: to overlook one could do something else than was asked for. */
    public static Caller byParameter(SecurityContext security, UriInfo uri) {
        return because(security, Reason.in(Query.of(uri.getQueryParameters(), Reason.NAME)));
    }

    /** The reason is the one member of the body, which may be left out, as the reason may; there are no parameters. */
    public static Caller byBody(SecurityContext security, UriInfo uri, HttpServletRequest request, InputStream body) {
        Query.of(uri.getQueryParameters());
        return because(security, Reason.in(request, body));
    }
}
