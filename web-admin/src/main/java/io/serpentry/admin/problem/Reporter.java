// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.problem;

import io.serpentry.admin.Roles;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.Response;

/** Answers the current request with a problem, and logs the ones that are our own fault. */
@RequestScoped
public class Reporter {

    @Inject
    HttpServletRequest request;

    Response report(PythonException e) {
        Occurrence occurrence = occurrence();
        if (e.code() == ErrorCode.INTERNAL) {
            log(e, occurrence);
        }
        return answer(Problem.of(e, occurrence, Roles.seesTracebacks(request::isUserInRole)));
    }

    Response report(int status, String detail) {
        return answer(Problem.of(status, detail, occurrence()));
    }

    Response reportUnexpected(Throwable e) {
        Occurrence occurrence = occurrence();
        log(e, occurrence);
        return answer(Problem.of(
                500,
                "something went wrong in the server; its log has the cause under " + occurrence.instance(),
                occurrence));
    }

    private Occurrence occurrence() {
        return Occurrence.now(request.getHeader("traceparent"));
    }

    private void log(Throwable e, Occurrence occurrence) {
        AdminLog.LOG.requestFailed(
                e, request.getMethod(), request.getRequestURI(), occurrence.instance(), occurrence.traceId());
    }

    private static Response answer(Problem problem) {
        return Response.status(problem.status())
                .type(Problem.MEDIA_TYPE)
                .entity(problem)
                .build();
    }
}
