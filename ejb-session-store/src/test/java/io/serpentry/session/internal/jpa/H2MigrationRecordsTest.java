// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.sql.SQLException;

class H2MigrationRecordsTest extends MigrationRecordsContract {

    @Override
    Database database() throws SQLException {
        return Database.h2();
    }
}
