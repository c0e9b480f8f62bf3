// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import io.serpentry.admin.Roles;
import io.serpentry.admin.http.RequestBody;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.connector.PythonCall;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
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
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** {@code /call}: only registered functions, only with a JSON body, only where it is switched on. */
@Path("/call")
@RequestScoped
@RolesAllowed({Roles.OPERATOR, Roles.ADMIN})
@Produces(MediaType.APPLICATION_JSON)
public class CallResource {

    @Inject
    PythonPools pools;

    @Inject
    CallSwitch calls;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CallAnswer call(@Context HttpServletRequest http, InputStream body) {
        calls.requireOn();
        CallRequest request = CallRequest.of(RequestBody.json(http, body));
        PythonPool pool = pools.find(request.pool()).orElseThrow(() -> Refusal.noSuchPool(request.pool(), pools));
        try (PythonConnection connection = pool.connectionFactory().getConnection()) {
            return answer(connection, request);
        }
    }

    private static CallAnswer answer(PythonConnection connection, CallRequest request) {
        PythonCall call = connection.call(request.function()).arguments(request.arguments());
        Duration timeout = request.timeout();
        if (timeout != null) {
            call.timeout(timeout);
        }
        long start = System.nanoTime();
        JsonValue result = call.returning(JsonValue.class);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        return new CallAnswer(result, CallAnswer.Worker.of(connection.worker()), millis);
    }
}
