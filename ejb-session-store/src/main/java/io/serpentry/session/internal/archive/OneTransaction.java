// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

/** Makes a transaction of several calls to the store: what all of them did is stored, or nothing if one throws. */
@FunctionalInterface
public interface OneTransaction {

    /** Runs the calls on this thread, in a transaction that is not the caller's. What they throw comes out as it is. */
    void run(Runnable calls);
}
