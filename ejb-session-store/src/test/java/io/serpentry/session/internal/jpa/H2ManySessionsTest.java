// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.sql.SQLException;
import java.util.regex.Pattern;

class H2ManySessionsTest extends ManySessionsContract {

    private static final Pattern COUNT = Pattern.compile("scanCount: (\\d+)");

    @Override
    Database open() throws SQLException {
        return Database.h2();
    }

    @Override
    String explain() {
        return "explain analyze ";
    }

    @Override
    long rowsRead(String explanation) {
        return COUNT.matcher(explanation)
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .max()
                .orElse(0);
    }
}
