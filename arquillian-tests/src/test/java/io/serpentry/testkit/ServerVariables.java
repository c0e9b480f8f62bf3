// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.util.HashMap;
import java.util.Map;

/** Variables for the environment of a {@link RunningServer}. */
public final class ServerVariables {

    private ServerVariables() {}

    /** Those that have it keep its tables in that database. */
    public static Map<String, String> of(PostgresServer postgres, String database) {
        return of(postgres, database, Map.of());
    }

    public static Map<String, String> of(PostgresServer postgres, String database, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.put("SERPENTRY_DB_URL", postgres.url(database));
        all.put("SERPENTRY_DB_USER", postgres.user());
        all.put("SERPENTRY_DB_PASSWORD", postgres.password());
        return Map.copyOf(all);
    }
}
