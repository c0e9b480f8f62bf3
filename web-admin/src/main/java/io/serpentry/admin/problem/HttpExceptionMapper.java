// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.problem;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.Locale;

/** What JAX-RS refuses: unknown paths, methods, media types, missing roles. Its headers, {@code Allow} above all, are kept. */
@Provider
@ApplicationScoped
public class HttpExceptionMapper implements ExceptionMapper<WebApplicationException> {

    @Inject
    Reporter reporter;

    @Inject
    HttpServletRequest request;

    @Override
    public Response toResponse(WebApplicationException e) {
        Response refused = e.getResponse();
        int status = refused.getStatus();
        if (status < 400) {
            return refused;
        }
        if (status >= 500) {
            return reporter.reportUnexpected(e);
        }
        Response.ResponseBuilder answer = Response.fromResponse(reporter.report(status, detail(e, status)));
        refused.getStringHeaders().forEach((name, values) -> {
            if (!name.toLowerCase(Locale.ROOT).startsWith("content-")) {
                values.forEach(value -> answer.header(name, value));
            }
        });
        return answer.build();
    }

    private String detail(WebApplicationException e, int status) {
        String path = request.getRequestURI();
        return switch (status) {
            case 403 -> "your roles do not allow " + request.getMethod() + " " + path;
            case 404 -> "nothing is served at " + path;
            case 405 ->
                request.getMethod() + " is not served at " + path + "; these are: "
                        + e.getResponse().getHeaderString(HttpHeaders.ALLOW);
            case 406 ->
                "what is served at " + path
                        + " has none of the forms that Accept asks for; metrics are text/plain, an"
                        + " entry's content is application/octet-stream, an export is application/x-ndjson, a stream of"
                        + " events is text/event-stream, all else is"
                        + " application/json";
            case 415 ->
                "the body must be sent with Content-Type: application/json, a file to import with application/x-ndjson";
            default -> "the request can not be understood (" + e.getMessage() + ")";
        };
    }
}
