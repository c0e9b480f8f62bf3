// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.linearizability;

import org.jspecify.annotations.Nullable;

/** What a call makes of a state, if it came at one moment. */
@FunctionalInterface
public interface Effect<S> {

    /** The state after it; null if the call can not have had that answer in this state. */
    @Nullable
    S on(S state);
}
