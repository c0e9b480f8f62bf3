// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert;

import io.serpentry.session.Caller;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The alerts of all servers on one database. Any thread may call it. */
public interface Alerts {

    /**
     * Open ones and those that were cleared lately, the latest first.
     *
     * @param after only those that were raised before the one of that id; null for all
     * @param limit 1 and more
     * @throws io.serpentry.session.StoreUnavailableException if the database can not be reached
     */
    List<Alert> list(@Nullable String after, int limit);

    /**
     * Notes that somebody knows of an alert; the first has the say. It stays open.
     *
     * @return the alert; empty if there is none of that id
     * @throws io.serpentry.session.StoreUnavailableException if the database can not be reached
     */
    Optional<Alert> acknowledge(Caller caller, String id);
}
