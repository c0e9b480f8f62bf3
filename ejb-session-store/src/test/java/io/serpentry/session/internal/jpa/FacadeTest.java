// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.internal.Facades;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.StoreUnderTest;
import java.sql.SQLException;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The facade around a store in H2. */
class FacadeTest extends JpaSessionStoreContract {

    private static Database database;

    @BeforeAll
    static void openDatabase() throws SQLException {
        database = Database.h2();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @Override
    protected StoreUnderTest open(SessionSettings settings, InstantSource clock) throws SQLException {
        return DatabaseUnderTest.emptied(
                database, settings, clock, (store, transactions) -> Facades.around(store, transactions::isJoining));
    }
}
