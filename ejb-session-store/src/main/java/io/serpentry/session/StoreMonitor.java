// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.Optional;
import java.util.SortedMap;

/** Tells how the session store is doing, without asking it. Any thread may call it. */
public interface StoreMonitor {

    StoreStatus status();

    /** The value in effect of every key of the store's configuration, of migrations, of alerts and of the report of what took long. */
    SortedMap<String, String> configuration();

    /** The version of the tables; empty until the database was reached for the first time. */
    String schemaVersion();

    /** What the store held at this node's last sweep; empty before the first. */
    Optional<SessionStatistics> lastStatistics();
}
