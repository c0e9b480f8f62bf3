// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

/** Is told of each session that ended. */
@FunctionalInterface
public interface SessionObserver {

    /** Called by one thread at a time, in the transaction that removes the announcement; throws to be told again later. */
    void ended(SessionEnded announcement);
}
