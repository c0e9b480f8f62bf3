// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.ReadOnlySession;
import io.serpentry.session.Session;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** The sessions as one caller sees them. */
final class SessionsOf implements PythonSessions {

    private final SessionStore store;
    private final Caller caller;
    private final InstantSource clock;

    SessionsOf(SessionStore store, Caller caller, InstantSource clock) {
        this.store = store;
        this.caller = caller;
        this.clock = clock;
    }

    @Override
    public Session create() {
        return create(NewSession.durable());
    }

    @Override
    public Session create(NewSession session) {
        SessionInfo created = store.create(caller, session);
        return working(created.id());
    }

    @Override
    public Session open(String session) {
        store.touch(caller, session, Instant.EPOCH);
        return working(session);
    }

    private Session working(String session) {
        SessionView view = store.find(caller, session).orElseThrow(() -> new SessionNotFoundException(session));
        return new WorkingSession(store, caller, clock, view);
    }

    @Override
    public Optional<ReadOnlySession> find(String session) {
        return store.find(caller, session).map(view -> new WorkingSession(store, caller, clock, view));
    }

    @Override
    public boolean delete(String session) {
        return store.delete(caller, session);
    }

    @Override
    public SessionPage page(SessionQuery query) {
        return store.page(caller, query);
    }

    @Override
    public PythonSessions as(Caller other) {
        return new SessionsOf(store, other, clock);
    }
}
