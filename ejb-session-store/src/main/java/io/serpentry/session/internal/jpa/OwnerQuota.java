// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.internal.store.SessionSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** How many live sessions an owner may have, counted so that nobody else counts the same owner's until the transaction ends. */
final class OwnerQuota {

    private final SessionTable sessions;
    private final int limit;

    OwnerQuota(SessionTable sessions, SessionSettings settings) {
        this.sessions = sessions;
        this.limit = settings.maxSessionsPerOwner();
    }

    /** Throws QUOTA_EXCEEDED if the owner can not have one more. */
    void requireRoom(Connection connection, String owner, Instant now) throws SQLException {
        if (limit == 0) {
            return;
        }
        long owned = sessions.countOwned(connection, owner, now);
        if (owned >= limit) {
            throw new QuotaExceededException(
                    "serpentry.session.maxSessionsPerOwner", "The sessions of " + owner, limit, owned + 1);
        }
    }
}
