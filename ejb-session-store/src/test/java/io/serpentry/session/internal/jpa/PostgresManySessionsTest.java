// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class PostgresManySessionsTest extends ManySessionsContract {

    private static final Pattern ROWS =
            Pattern.compile("actual rows=(\\d+)(?:\\.\\d+)? loops=(\\d+)|Rows Removed by [^:]*: (\\d+)");

    @Override
    Database open() throws SQLException {
        return Database.postgres();
    }

    @Override
    String explain() {
        return "explain (analyze, costs off, timing off, summary off) ";
    }

    /** What a step passed on, and what it left out. */
    @Override
    long rowsRead(String explanation) {
        long most = 0;
        long step = 0;
        long loops = 1;
        for (Matcher line = ROWS.matcher(explanation); line.find(); most = Math.max(most, step)) {
            if (line.group(3) == null) {
                loops = Long.parseLong(line.group(2));
                step = Long.parseLong(line.group(1)) * loops;
            } else {
                step += Long.parseLong(line.group(3)) * loops;
            }
        }
        return most;
    }
}
