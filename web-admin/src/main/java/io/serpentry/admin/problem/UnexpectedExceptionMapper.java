// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.problem;

import io.serpentry.connector.PythonException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Everything else: logged with an id, and the client is told the id and nothing more. */
@Provider
@ApplicationScoped
public class UnexpectedExceptionMapper implements ExceptionMapper<Throwable> {

    @Inject
    Reporter reporter;

    @Override
    public Response toResponse(Throwable e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof PythonException known) {
                return reporter.report(known);
            }
        }
        return reporter.reportUnexpected(e);
    }
}
