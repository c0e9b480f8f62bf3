// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.connector.PythonPools;
import io.serpentry.session.AttachedSession;
import io.serpentry.session.Caller;
import io.serpentry.session.Execution;
import io.serpentry.session.Invocation;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.ReadOnlySession;
import io.serpentry.session.Session;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.execution.CallerIdentity;
import io.serpentry.session.execution.SessionLeases;
import io.serpentry.session.execution.TemporarySessions;
import jakarta.annotation.Resource;
import jakarta.annotation.security.DeclareRoles;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.EJB;
import jakarta.ejb.Local;
import jakarta.ejb.SessionContext;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Type;
import java.util.Optional;

/**
 * The sessions as the caller of this bean sees them. Calls that are made through it run with this module's names and class loader;
 * applications inject {@link PythonSessions} by CDI, and have their own.
 */
@Backing
@Stateless(name = "PythonSessions")
@Local({PythonSessions.class, CallerIdentity.class})
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
@DeclareRoles({"operator", "admin"})
@PermitAll
public class CallerSessions implements PythonSessions, CallerIdentity {

    @EJB(beanName = "SessionStore")
    SessionStore store;

    @EJB(beanName = "SessionStore")
    TemporarySessions temporaries;

    @EJB(beanName = "SessionStore")
    SessionLeases leases;

    @EJB(beanName = "SessionStore")
    KeptHooks hooks;

    @Resource(lookup = "java:/eis/PythonPools")
    PythonPools pools;

    @Resource(lookup = "java:comp/TransactionSynchronizationRegistry")
    TransactionSynchronizationRegistry transactions;

    @Resource
    SessionContext context;

    @Override
    public Caller caller() {
        String name = context.getCallerPrincipal().getName();
        boolean operator = context.isCallerInRole("operator") || context.isCallerInRole("admin");
        return new Caller(name, operator);
    }

    private PythonSessions own() {
        return as(caller());
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
    public AttachedSession attach(String session) {
        return own().attach(session);
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
    public Execution perform(String session, Invocation call, Type type) {
        return own().perform(session, call, type);
    }

    @Override
    public Execution performAnonymous(Invocation call, Type type) {
        return own().performAnonymous(call, type);
    }

    @Override
    public void flush() {
        own().flush();
    }

    @Override
    public PythonSessions as(Caller caller) {
        return ApplicationSessions.of(store, temporaries, leases, hooks, pools, transactions, () -> caller);
    }
}
