// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import io.serpentry.session.SessionInfo;
import java.util.List;

/**
 * A session on its way from one store to another, with its revision and its entries' versions but without its history.
 *
 * @param structure the version of its attributes
 * @param high the greatest version of an entry that was removed
 */
public record MovedSession(SessionInfo info, long structure, long high, List<StoredEntry> entries) {

    public MovedSession {
        entries = List.copyOf(entries);
    }
}
