// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.PythonPools;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.Caller;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.SessionStore;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Puts together what applications are given. */
public final class ApplicationSessions {

    /** This server, among those on one database; the name of its node. */
    public static final String SERVER = System.getProperty("jboss.node.name", "");

    private static final long CACHED_BYTES = 128L << 20;
    private static final ContentCache CONTENTS = new ContentCache(CACHED_BYTES);
    private static final SessionTraffic TRAFFIC = new SessionTraffic(CONTENTS);
    private static final ModelUsage USAGE = new ModelUsage();
    private static final WorkerContents WORKERS = new WorkerContents();
    private static final SessionPlacements PLACEMENTS = new SessionPlacements();
    private static final TouchInterval TOUCH_INTERVAL = new TouchInterval();

    private ApplicationSessions() {}

    /** @param identity who calls, asked for each operation */
    public static PythonSessions of(
            SessionStore store,
            TemporarySessions temporaries,
            SessionLeases leases,
            KeptHooks hooks,
            PythonPools pools,
            TransactionSynchronizationRegistry transactions,
            Supplier<Caller> identity) {
        InstantSource clock = InstantSource.system();
        SessionServices services =
                new SessionServices(store, hooks, transactions, CONTENTS, WORKERS, TRAFFIC, USAGE, PLACEMENTS, true);
        return new SessionsOf(
                new SessionExecutor(services, temporaries, leases, pools, TOUCH_INTERVAL, clock), identity, clock);
    }

    /** Makes sessions of that store warm in workers of this server. */
    public static SessionWarming warming(SessionStore store) {
        return new SessionWarming(store, CONTENTS, WORKERS, TRAFFIC);
    }

    /** Where sessions are warm, in this server. */
    public static SessionPlacements placements() {
        return PLACEMENTS;
    }

    /** How often calls write their access, to be configured as the store is. */
    public static TouchInterval touchInterval() {
        return TOUCH_INTERVAL;
    }

    /** What language models this server's calls in sessions have used. */
    public static ModelUsage modelUsage() {
        return USAGE;
    }

    /** What this server's calls in sessions have sent, and found in caches. */
    public static SessionTraffic traffic() {
        return TRAFFIC;
    }
}
