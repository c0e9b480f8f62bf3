// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.cdi;

import io.serpentry.alert.Alerts;
import io.serpentry.audit.AuditTrail;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPools;
import io.serpentry.dspy.DspyPrograms;
import io.serpentry.event.EventLog;
import io.serpentry.event.SessionTraces;
import io.serpentry.health.ServerHealth;
import io.serpentry.placement.Migrations;
import io.serpentry.request.RequestMemory;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.SessionArchive;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreMonitor;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.execution.CallerIdentity;
import io.serpentry.session.execution.SessionLeases;
import io.serpentry.session.execution.TemporarySessions;
import io.serpentry.slow.SlowOperations;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.transaction.TransactionSynchronizationRegistry;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** Produces the session beans of the deployed Serpentry, wherever they are injected. */
@ApplicationScoped
public class SessionProducers {

    private static final String MODULE = "java:global/serpentry/ejb-session-store/";
    private static final String POOLS = "java:/eis/PythonPools";
    private static final String TRANSACTIONS = "java:jboss/TransactionSynchronizationRegistry";

    /** Not the EJB: calls are to be made with the class loader and the names of the application that makes them. */
    @Produces
    @Dependent
    PythonSessions sessions() {
        CallerIdentity identity = bean("PythonSessions", CallerIdentity.class);
        return ApplicationSessions.of(
                store(),
                bean("SessionStore", TemporarySessions.class),
                bean("SessionStore", SessionLeases.class),
                bean("SessionStore", KeptHooks.class),
                lookup(POOLS, PythonPools.class),
                lookup(TRANSACTIONS, TransactionSynchronizationRegistry.class),
                identity::caller);
    }

    @Produces
    @Dependent
    DspyPrograms programs() {
        return DspyPrograms.of(sessions());
    }

    @Produces
    @Dependent
    SessionStore store() {
        return bean("SessionStore", SessionStore.class);
    }

    @Produces
    @Dependent
    KeptHooks keptHooks() {
        return bean("SessionStore", KeptHooks.class);
    }

    @Produces
    @Dependent
    AuditTrail audit() {
        return bean("SessionStore", AuditTrail.class);
    }

    @Produces
    @Dependent
    RequestMemory requests() {
        return bean("SessionStore", RequestMemory.class);
    }

    @Produces
    @Dependent
    SessionArchive archive() {
        return bean("SessionArchive", SessionArchive.class);
    }

    @Produces
    @Dependent
    Migrations migrations() {
        return bean("Migrations", Migrations.class);
    }

    @Produces
    @Dependent
    EventLog events() {
        return bean("EventLog", EventLog.class);
    }

    @Produces
    @Dependent
    SessionTraces traces() {
        return bean("EventLog", SessionTraces.class);
    }

    @Produces
    @Dependent
    StoreMonitor monitor() {
        return bean("StoreMonitor", StoreMonitor.class);
    }

    @Produces
    @Dependent
    SlowOperations slowOperations() {
        return bean("SlowOperations", SlowOperations.class);
    }

    @Produces
    @Dependent
    ServerHealth health() {
        return bean("ServerHealth", ServerHealth.class);
    }

    @Produces
    @Dependent
    Alerts alerts() {
        return bean("Alerts", Alerts.class);
    }

    private static <T> T bean(String bean, Class<T> view) {
        return lookup(MODULE + bean + "!" + view.getName(), view);
    }

    private static <T> T lookup(String name, Class<T> type) {
        try {
            return type.cast(InitialContext.doLookup(name));
        } catch (NamingException e) {
            throw PythonException.of(
                    ErrorDetail.of(ErrorCode.INTERNAL, "nothing is bound at " + name + "; is serpentry.ear deployed?")
                            .cause(e));
        }
    }
}
