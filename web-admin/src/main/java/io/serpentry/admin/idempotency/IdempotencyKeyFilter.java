// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.idempotency;

import io.serpentry.admin.problem.Refusal;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.util.Set;

/** Refuses the header where nothing would come of it, for who sends it relies on it. */
@Provider
public class IdempotencyKeyFilter implements ContainerRequestFilter {

    private static final Set<String> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    @Context
    ResourceInfo resource;

    @Override
    public void filter(ContainerRequestContext request) {
        if (request.getHeaders().containsKey(Idempotency.HEADER)
                && !READING.contains(request.getMethod())
                && !resource.getResourceMethod().isAnnotationPresent(TakesIdempotencyKey.class)) {
            throw Refusal.field(
                    Idempotency.HEADER,
                    "an " + Idempotency.HEADER
                            + " has no effect here; only POST /sessions and POST /sessions/import take" + " one");
        }
    }
}
