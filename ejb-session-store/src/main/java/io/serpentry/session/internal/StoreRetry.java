// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.smallrye.faulttolerance.api.ExponentialBackoff;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.Retry;

/** Repeats what failed for a reason that passes; never in a caller's transaction, which the failure has made unusable. */
@ApplicationScoped
public class StoreRetry {

    /** The action has failed without effect, for a reason that may pass: {@link #getCause} is what to throw in the end. */
    static final class Passing extends RuntimeException {
        private static final long serialVersionUID = 1;

        Passing(RuntimeException cause) {
            super(cause);
        }
    }

    @Retry(maxRetries = 4, delay = 20, jitter = 15, maxDuration = 10_000, retryOn = Passing.class)
    @ExponentialBackoff(maxDelay = 1000)
    public <T> T call(Supplier<T> action) {
        return action.get();
    }
}
