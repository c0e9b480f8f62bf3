// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Notes of what was to be done in Python after a commit. Any thread may use it; {@link StoreUnavailableException} as always. */
public interface KeptHooks {

    /** In the caller's transaction. */
    void keep(KeptHook hook);

    /** They have run: their notes go, in a transaction of its own. How many there were. */
    int done(Collection<String> ids);

    /**
     * That caller has dealt with one: its note goes, in a transaction of its own, and the audit says so. Whether there was one.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if that can not be an id
     */
    boolean dismiss(Caller caller, String id);

    /**
     * The note with that id; empty if there is none (any more).
     *
     * @throws io.serpentry.connector.InvalidArgumentException if that can not be an id
     */
    Optional<KeptHook> find(String id);

    /**
     * By id; also those of transactions that have been committed this moment, whose hooks run now.
     *
     * @param after only those behind that id; null for all
     * @param limit 1 and more
     */
    List<KeptHook> list(@Nullable String after, int limit);
}
