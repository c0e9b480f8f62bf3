// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** H2 keeps no statistics here: what it makes of a statement it makes of it for good, also in a file that was opened again. */
class H2PlansTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            update serpentry_entry set change = 2 where session_id = 's' and name = 'n' and version = 1    | NAME = 'n'
            delete from serpentry_entry where session_id = 's' and name = 'n'                              | NAME = 'n'
            delete from serpentry_entry_history where session_id = 's' and name = 'n' and version < 3      | NAME = 'n'
            select version from serpentry_entry_history where session_id = 's' and name = 'n' order by 1   | NAME = 'n'
            update serpentry_migration_move set cold_entries = 0 where migration_id = 'm' and number = 7   | NUMBER = 7
            """)
    void oneRowMustNotBeLookedForAmongAllOfItsParent(String statement, String condition)
            throws IOException, SQLException {
        for (String opening : new String[] {"made", "opened again"}) {
            assertThat(usedIndex(statement)).as(opening).contains(condition);
        }
    }

    private String usedIndex(String statement) throws IOException, SQLException {
        try (ServersH2 server = new ServersH2(directory, SessionSettings.defaults(), new ManualClock());
                Connection connection = server.source().getConnection();
                Statement explain = connection.createStatement();
                ResultSet plan = explain.executeQuery("explain " + statement)) {
            plan.next();
            String text = plan.getString(1);
            return text.substring(text.indexOf("/*"), text.indexOf("*/"));
        }
    }
}
