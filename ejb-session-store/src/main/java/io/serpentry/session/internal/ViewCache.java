// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.serpentry.session.Caller;
import io.serpentry.session.SessionView;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What was last read of sessions, without content: the answer while the store can not be reached. */
final class ViewCache {

    private static final int VIEWS = 10_000;
    private static final Duration AGE = Duration.ofMinutes(30);

    private final Cache<String, SessionView> views =
            Caffeine.newBuilder().maximumSize(VIEWS).expireAfterWrite(AGE).build();

    void remember(SessionView view) {
        views.put(view.info().id(), view);
    }

    void forget(String session) {
        views.invalidate(session);
    }

    /** Only what the caller may see, and what has not expired meanwhile. */
    Optional<SessionView> recall(Caller caller, String session, Instant now) {
        return Optional.ofNullable(views.getIfPresent(session))
                .filter(view -> caller.sees(view.info().owner()))
                .filter(view -> now.isBefore(view.info().expiresAt()));
    }
}
