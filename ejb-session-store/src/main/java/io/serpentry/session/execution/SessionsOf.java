// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.session.AttachedSession;
import io.serpentry.session.Caller;
import io.serpentry.session.Execution;
import io.serpentry.session.Invocation;
import io.serpentry.session.Limits;
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
import java.lang.reflect.Type;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** The sessions as one caller sees them. Safe for use by any number of threads. */
public final class SessionsOf implements PythonSessions {

    private final SessionExecutor executor;
    private final SessionServices services;
    private final SessionStore store;
    private final Supplier<Caller> identity;
    private final InstantSource clock;

    /** @param identity asked for each operation */
    public SessionsOf(SessionExecutor executor, Supplier<Caller> identity, InstantSource clock) {
        this.executor = executor;
        this.services = executor.services();
        this.store = services.store();
        this.identity = identity;
        this.clock = clock;
    }

    private Caller caller() {
        return identity.get();
    }

    @Override
    public Session create() {
        return create(NewSession.durable());
    }

    @Override
    public Session create(NewSession session) {
        Caller caller = caller();
        SessionInfo created = store.create(caller, session);
        return working(caller, created.id());
    }

    @Override
    public Session open(String session) {
        Caller caller = caller();
        services.writeStaged(session);
        store.touch(caller, session, Instant.EPOCH);
        return working(caller, session);
    }

    private Session working(Caller caller, String session) {
        SessionView view = store.find(caller, session).orElseThrow(() -> new SessionNotFoundException(session));
        return new WorkingSession(services, caller, clock, view);
    }

    @Override
    public AttachedSession attach(String session) {
        Limits.id("session id", session);
        return new SessionHandle(this, session);
    }

    @Override
    public Optional<ReadOnlySession> find(String session) {
        Caller caller = caller();
        services.writeStaged(session);
        return store.find(caller, session).map(view -> new WorkingSession(services, caller, clock, view));
    }

    @Override
    public boolean delete(String session) {
        services.forgetStaged(session);
        return store.delete(caller(), session);
    }

    @Override
    public SessionPage page(SessionQuery query) {
        services.writeAllStaged();
        return store.page(caller(), query);
    }

    @Override
    public void flush() {
        services.writeAllStaged();
    }

    @Override
    public Execution perform(String session, Invocation call, Type type) {
        return executor.execute(caller(), session, call, type);
    }

    @Override
    public Execution performAnonymous(Invocation call, Type type) {
        return executor.executeAnonymous(caller(), call, type);
    }

    @Override
    public PythonSessions as(Caller other) {
        return new SessionsOf(executor, () -> other, clock);
    }
}
