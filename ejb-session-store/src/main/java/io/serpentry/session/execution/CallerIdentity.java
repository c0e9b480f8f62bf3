// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.session.Caller;

/** Who calls, by the container's security. */
public interface CallerIdentity {
    Caller caller();
}
