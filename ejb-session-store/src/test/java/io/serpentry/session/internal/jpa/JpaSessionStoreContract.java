// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.testkit.DurabilityContract;
import io.serpentry.session.testkit.HistoryContract;
import io.serpentry.session.testkit.RestoreContract;
import io.serpentry.session.testkit.SessionStoreContract;
import io.serpentry.session.testkit.SharingContract;
import io.serpentry.session.testkit.TransactionContract;
import org.junit.jupiter.api.Nested;

/** What a store in a database must do. */
abstract class JpaSessionStoreContract extends SessionStoreContract {

    @Nested
    class Durability extends DurabilityContract {
        Durability() {
            super(JpaSessionStoreContract.this);
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        Transactions() {
            super(JpaSessionStoreContract.this);
        }
    }

    @Nested
    class Sharing extends SharingContract {
        Sharing() {
            super(JpaSessionStoreContract.this);
        }
    }

    @Nested
    class History extends HistoryContract {
        History() {
            super(JpaSessionStoreContract.this);
        }
    }

    @Nested
    class Restores extends RestoreContract {
        Restores() {
            super(JpaSessionStoreContract.this);
        }
    }
}
