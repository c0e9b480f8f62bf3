// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.session.Caller;
import io.serpentry.session.Limits;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionNotFoundException;

/**
 * The sessions that all calls of a pool share: one for each pool, made when it is first needed, and without
 * an end that is configured for sessions. The store itself owns them; whoever may call
 * a function that takes one reads and changes it.
 */
public final class SharedSessions {

    private static final String PREFIX = "shared:";

    private SharedSessions() {}

    /** Whether a session of that id can only be one of these. */
    public static boolean isReserved(String id) {
        return id.startsWith(PREFIX);
    }

    /** The id of the session that the calls of that pool share. */
    public static String of(String pool) {
        return PREFIX + pool;
    }

    static SessionPart part(SessionServices services, String pool) {
        String id = of(pool);
        return new SessionPart(services, Caller.SYSTEM, pool, read(services, id), false);
    }

    private static SessionSnapshot read(SessionServices services, String id) {
        try {
            return SessionSnapshot.read(services, Caller.SYSTEM, id);
        } catch (SessionNotFoundException e) {
            create(services, id);
            return SessionSnapshot.read(services, Caller.SYSTEM, id);
        }
    }

    private static void create(SessionServices services, String id) {
        try {
            services.store()
                    .create(
                            Caller.SYSTEM,
                            NewSession.durable()
                                    .id(id)
                                    .idleTimeout(Limits.LONGEST)
                                    .lifetime(Limits.LONGEST));
        } catch (SessionExistsException e) {
            // Another call has just made it, which is all that is wanted.
            return;
        }
    }
}
