// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.ReadOnlySession;
import io.serpentry.session.Session;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import jakarta.annotation.Resource;
import jakarta.annotation.security.DeclareRoles;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.EJB;
import jakarta.ejb.Local;
import jakarta.ejb.SessionContext;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import java.time.InstantSource;
import java.util.Optional;

/** The sessions as the caller of this bean sees them. */
@Backing
@Stateless(name = "PythonSessions")
@Local(PythonSessions.class)
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
@DeclareRoles({"operator", "admin"})
@PermitAll
public class CallerSessions implements PythonSessions {

    private final InstantSource clock = InstantSource.system();

    @EJB(beanName = "SessionStore")
    SessionStore store;

    @Resource
    SessionContext context;

    private PythonSessions own() {
        String name = context.getCallerPrincipal().getName();
        boolean operator = context.isCallerInRole("operator") || context.isCallerInRole("admin");
        return as(new Caller(name, operator));
    }

    @Override
    public Session create() {
        return own().create();
    }

    @Override
    public Session create(NewSession session) {
        return own().create(session);
    }

    @Override
    public Session open(String session) {
        return own().open(session);
    }

    @Override
    public Optional<ReadOnlySession> find(String session) {
        return own().find(session);
    }

    @Override
    public boolean delete(String session) {
        return own().delete(session);
    }

    @Override
    public SessionPage page(SessionQuery query) {
        return own().page(query);
    }

    @Override
    public PythonSessions as(Caller caller) {
        return new SessionsOf(store, caller, clock);
    }
}
