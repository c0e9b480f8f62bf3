// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.RequestBody;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonPools;
import io.serpentry.session.Execution;
import io.serpentry.session.PythonSessions;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonValue;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;

/** {@code /call}: only registered functions, only with a JSON body, only where it is switched on. */
@Path("/call")
@RequestScoped
@RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class CallResource {

    @Inject
    PythonPools pools;

    @Inject
    PythonSessions sessions;

    @Inject
    CallSwitch calls;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CallAnswer call(@Context HttpServletRequest http, InputStream body) {
        calls.requireOn();
        CallRequest request = CallRequest.of(RequestBody.json(http, body));
        if (pools.find(request.pool()).isEmpty()) {
            throw Refusal.noSuchPool(request.pool(), pools);
        }
        return answer(request);
    }

    private CallAnswer answer(CallRequest request) {
        String session = request.session();
        Execution done = session == null
                ? sessions.performAnonymous(request.invocation(), JsonValue.class)
                : sessions.perform(session, request.invocation(), JsonValue.class);
        return new CallAnswer(
                (JsonValue) done.result(),
                CallAnswer.Worker.of(done.worker()),
                session == null ? null : new CallAnswer.Session(session, done.revision()),
                done.duration().toMillis());
    }
}
