// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

/** An observer of an announcement has thrown. */
final class ObserverFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    ObserverFailure(RuntimeException cause) {
        super(cause);
    }
}
