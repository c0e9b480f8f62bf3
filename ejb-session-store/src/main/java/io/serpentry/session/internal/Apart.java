// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.function.Supplier;

/** Where the caller's transaction does not reach. */
@ApplicationScoped
public class Apart {

    @Transactional(Transactional.TxType.NOT_SUPPORTED)
    public <T> T call(Supplier<T> action) {
        return action.get();
    }
}
