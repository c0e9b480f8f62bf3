// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.limit;

import io.serpentry.admin.AdminKeys;
import io.serpentry.admin.problem.Refusal;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.security.Principal;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Refuses requests of who sends too many, before anything else is done for them. */
@Provider
@PreMatching
@ApplicationScoped
public class RateLimitFilter implements ContainerRequestFilter {

    @Inject
    @ConfigProperty(name = AdminKeys.RATE, defaultValue = AdminKeys.RATE_DEFAULT)
    long perSecond;

    @Inject
    @ConfigProperty(name = AdminKeys.BURST, defaultValue = AdminKeys.BURST_DEFAULT)
    long burst;

    @Inject
    HttpServletRequest http;

    private @Nullable RateLimit limit;

    @PostConstruct
    void configure() {
        if (perSecond < 0 || burst < 1) {
            throw new IllegalStateException(AdminKeys.RATE + " = " + perSecond + " must be 0 or more, "
                    + AdminKeys.BURST + " = " + burst + " 1 or more");
        }
        limit = perSecond == 0 ? null : new RateLimit(perSecond, burst);
    }

    @Override
    public void filter(ContainerRequestContext request) {
        RateLimit active = limit;
        if (active == null) {
            return;
        }
        Principal principal = http.getUserPrincipal();
        String name = principal == null ? "" : principal.getName();
        Duration wait = active.take(new RateLimit.Sender(name, http.getRemoteAddr()));
        if (!wait.isZero()) {
            throw Refusal.tooMany(wait, AdminKeys.RATE);
        }
    }
}
