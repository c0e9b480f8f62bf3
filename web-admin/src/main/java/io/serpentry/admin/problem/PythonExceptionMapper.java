// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.problem;

import io.serpentry.connector.PythonException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Errors that have a code. */
@Provider
@ApplicationScoped
public class PythonExceptionMapper implements ExceptionMapper<PythonException> {

    @Inject
    Reporter reporter;

    @Override
    public Response toResponse(PythonException e) {
        Response refused = reporter.report(e);
        String seconds = e.context().get(Refusal.RETRY_AFTER);
        return seconds == null
                ? refused
                : Response.fromResponse(refused)
                        .header(HttpHeaders.RETRY_AFTER, seconds)
                        .build();
    }
}
