// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.StoreUnavailableException;
import io.smallrye.faulttolerance.api.CircuitBreakerName;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;

/** While the database can not be reached, calls are refused at once; conflicts and other errors of callers never count. */
@ApplicationScoped
public class StoreCircuit {

    static final String NAME = "serpentry-session-store";

    @CircuitBreakerName(NAME)
    @CircuitBreaker(
            requestVolumeThreshold = 8,
            failureRatio = 0.5,
            delay = 3000,
            successThreshold = 2,
            failOn = StoreUnavailableException.class)
    public <T> T call(Supplier<T> action) {
        return action.get();
    }
}
