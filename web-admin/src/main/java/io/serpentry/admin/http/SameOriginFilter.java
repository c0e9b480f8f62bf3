// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import io.serpentry.admin.problem.Refusal;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import java.util.Set;

/**
 * Refuses what a page of another site sends in the name of a signed-in user. Requests that change nothing pass, and so do
 * those without an {@code Origin}, which do not come from a page.
 */
@Provider
public class SameOriginFilter implements ContainerRequestFilter {

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    public void filter(ContainerRequestContext request) {
        if (SAFE_METHODS.contains(request.getMethod())) {
            return;
        }
        String host = request.getHeaderString(HttpHeaders.HOST);
        List<String> origins = request.getHeaders().getOrDefault("Origin", List.of());
        if (!origins.stream().allMatch(origin -> SameOrigin.matches(origin, host))) {
            throw Refusal.forbidden("the request comes from a page of another site (Origin "
                    + String.join(", ", origins) + "); this server is " + host);
        }
    }
}
