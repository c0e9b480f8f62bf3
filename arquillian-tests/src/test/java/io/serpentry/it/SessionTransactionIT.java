// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.it.app.Alone;
import io.serpentry.it.app.Sale;
import io.serpentry.it.app.Sales;
import io.serpentry.it.app.Work;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.ReadOnlySession;
import io.serpentry.session.Session;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionConflictException.Conflict;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.StoreMonitor;
import io.serpentry.session.StoreStatus.Circuit;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Background;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import java.lang.management.ManagementFactory;
import java.util.UUID;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sessions in JTA transactions, together with rows of the application. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class SessionTransactionIT {

    private static final String POOL = "jboss.as:subsystem=datasources,data-source=SerpentryDS,statistics=pool";

    @Inject
    PythonSessions injected;

    @Inject
    StoreMonitor monitor;

    @EJB
    Sales sales;

    @EJB
    Work work;

    @EJB
    Alone alone;

    @Resource
    ManagedExecutorService threads;

    @Resource(lookup = "java:jboss/TransactionManager")
    TransactionManager transactions;

    private final String id = "session-" + UUID.randomUUID();
    private final String other = "other-" + UUID.randomUUID();
    private PythonSessions sessions;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.withPersistence(
                SessionTransactionIT.class,
                Sale.class,
                Sales.class,
                Work.class,
                Alone.class,
                Await.class,
                Background.class);
    }

    @BeforeEach
    void actForAda() {
        // JUnit also makes instances outside of the container, where nothing is injected.
        sessions = injected == null ? null : injected.as(Caller.of("ada"));
    }

    private Session create(String session) {
        return sessions.create(NewSession.durable().id(session));
    }

    private void put(String session, String text) {
        sessions.open(session).putJson("entry", text).save();
    }

    /** What the session's entry holds, as somebody without a transaction sees it; empty without a session or an entry. */
    private String seen(String session) throws Exception {
        return elsewhere(() -> here(session));
    }

    private String here(String session) {
        return sessions.find(session)
                .flatMap(found -> found.entry("entry"))
                .map(content -> content.text())
                .orElse("");
    }

    private <T> T elsewhere(Supplier<T> action) throws Exception {
        return Background.on(threads, action).value();
    }

    private boolean exists(String session) throws Exception {
        return elsewhere(() -> sessions.find(session).isPresent());
    }

    private int status() {
        try {
            return transactions.getStatus();
        } catch (SystemException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int connectionsInUse() {
        try {
            Object count = ManagementFactory.getPlatformMBeanServer().getAttribute(new ObjectName(POOL), "InUseCount");
            return Integer.parseInt(count.toString());
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aCommitMustShowAllThatTheTransactionDid() throws Exception {
        create(other);

        work.inTransaction(() -> {
            create(id).putJson("entry", "1").increment("count", 3).save();
            put(id, "2");
            sessions.delete(other);
            sales.add(id);
            assertThat(exists(id)).isFalse();
            return null;
        });

        assertThat(here(id)).isEqualTo("2");
        assertThat(sessions.open(id).entry("count").orElseThrow().text()).isEqualTo("3");
        assertThat(exists(other)).isFalse();
        assertThat(sales.has(id)).isTrue();
    }

    @Test
    void aRollbackMustShowNothingOfIt() {
        create(other).putJson("entry", "1").increment("count", 1).save();

        assertThatThrownBy(() -> work.inTransaction(() -> {
                    create(id).putJson("entry", "1").save();
                    sessions.open(other)
                            .putJson("entry", "2")
                            .increment("count", 1)
                            .save();
                    sales.add(id);
                    throw new Exception("the application's own");
                }))
                .hasMessage("the application's own");

        assertThat(sessions.find(id)).isEmpty();
        assertThat(here(other)).isEqualTo("1");
        assertThat(sessions.open(other).entry("count").orElseThrow().text()).isEqualTo("1");
        assertThat(sales.has(id)).isFalse();
    }

    @Test
    void aDeleteThatIsRolledBackMustLeaveTheSessionWithItsEntries() throws Exception {
        create(id).putJson("entry", "1").save();

        alone.callInVain(() -> sessions.delete(id));

        assertThat(here(id)).isEqualTo("1");
    }

    @Test
    void aTransactionThatIsMarkedForRollbackMustShowNothingOfIt() {
        assertThatThrownBy(() -> work.inTransaction(() -> {
                    create(id).putJson("entry", "1").save();
                    sales.add(id);
                    transactions.setRollbackOnly();
                    return null;
                }))
                .isInstanceOf(RollbackException.class);

        assertThat(sessions.find(id)).isEmpty();
        assertThat(sales.has(id)).isFalse();
    }

    @Test
    void aTransactionThatIsMarkedForRollbackMustTakeNoMoreChanges() {
        assertThatThrownBy(() -> work.inTransaction(() -> {
                    transactions.setRollbackOnly();
                    return create(id);
                }))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("can only be rolled back");

        assertThat(sessions.find(id)).isEmpty();
    }

    @Test
    void aTimeoutMustShowNothingOfTheTransaction() {
        assertThatThrownBy(() -> work.inTransaction(1, () -> {
                    create(id).putJson("entry", "1").save();
                    sales.add(id);
                    Await.until("the time is over", () -> status() != Status.STATUS_ACTIVE);
                    assertThatThrownBy(() -> create(other)).isInstanceOf(ConnectionStateException.class);
                    return null;
                }))
                .isInstanceOf(RollbackException.class);

        assertThat(sessions.find(id)).isEmpty();
        assertThat(sessions.find(other)).isEmpty();
        assertThat(sales.has(id)).isFalse();
    }

    @Test
    void aNestedTransactionMustStayCommittedWhenTheOuterOneIsRolledBack() throws Exception {
        alone.callInVain(() -> {
            create(id).putJson("entry", "1").save();
            sales.add(id);
            alone.call(() -> {
                sales.add(other);
                return create(other).putJson("entry", "2").save();
            });
            assertThat(seen(other)).isEqualTo("2");
            return null;
        });

        assertThat(sessions.find(id)).isEmpty();
        assertThat(sales.has(id)).isFalse();
        assertThat(here(other)).isEqualTo("2");
        assertThat(sales.has(other)).isTrue();
    }

    @Test
    void anOuterTransactionMustCommitWithoutTheNestedOneThatIsRolledBack() throws Exception {
        alone.call(() -> {
            create(id).putJson("entry", "1").save();
            return alone.callInVain(() -> create(other));
        });

        assertThat(here(id)).isEqualTo("1");
        assertThat(sessions.find(other)).isEmpty();
    }

    @Test
    void aConflictMustNameTheEntryAndRollTheTransactionBack() throws Exception {
        create(id).putJson("entry", "1").save();
        create(other);

        Throwable commit = catchThrowable(() -> work.inTransaction(() -> {
            Session read = sessions.open(id);
            elsewhere(() -> sessions.open(id).putJson("entry", "2").save());
            put(other, "3");
            sales.add(id);
            SessionConflictException conflict =
                    catchThrowableOfType(SessionConflictException.class, () -> read.putJson("entry", "3")
                            .save());
            assertThat(conflict.conflicts()).containsExactly(new Conflict("entry", 1, 2));
            assertThat(status()).isEqualTo(Status.STATUS_MARKED_ROLLBACK);
            return null;
        }));

        assertThat(commit).isInstanceOf(RollbackException.class);
        assertThat(here(id)).isEqualTo("2");
        assertThat(here(other)).isEmpty();
        assertThat(sales.has(id)).isFalse();
    }

    @Test
    void whatACallerDoesAfterAConflictMustNotOpenTheCircuitForOthers() throws Exception {
        create(id).putJson("entry", "1").save();

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> work.inTransaction(() -> {
                        put(id, "2");
                        Session read = sessions.open(id);
                        read.putJson("entry", "3");
                        put(id, "4");
                        assertThatThrownBy(read::save).isInstanceOf(SessionConflictException.class);
                        assertThatThrownBy(read::refresh)
                                .isInstanceOf(ConnectionStateException.class)
                                .hasMessageContaining("can only be rolled back");
                        assertThatThrownBy(() -> sessions.find(id)).isInstanceOf(ConnectionStateException.class);
                        return null;
                    }))
                    .isInstanceOf(RollbackException.class);
        }

        assertThat(monitor.status().circuit()).isEqualTo(Circuit.CLOSED);
        assertThat(here(id)).isEqualTo("1");
    }

    @Test
    void aConflictMustReachTheCallerOfABeanAsItIs() throws Exception {
        create(id).putJson("entry", "1").save();

        Throwable thrown = catchThrowable(() -> alone.call(() -> {
            Session read = sessions.open(id);
            sales.add(id);
            elsewhere(() -> sessions.open(id).putJson("entry", "2").save());
            return read.putJson("entry", "3").save();
        }));

        assertThat(thrown).isInstanceOf(SessionConflictException.class);
        assertThat(sales.has(id)).isFalse();
    }

    @Test
    void anIdThatIsTakenMustLeaveTheTransactionUsable() throws Exception {
        create(id).putJson("entry", "1").save();

        work.inTransaction(() -> {
            sales.add(id);
            assertThatThrownBy(() -> create(id)).isInstanceOf(SessionExistsException.class);
            put(id, "2");
            create(other);
            return null;
        });

        assertThat(here(id)).isEqualTo("2");
        assertThat(sessions.find(other)).isPresent();
        assertThat(sales.has(id)).isTrue();
    }

    @Test
    void aReadBeforeTheFirstWriteMustHoldNoConnectionAndSeeWhatIsCommitted() throws Exception {
        create(id).putJson("entry", "1").save();

        work.inTransaction(() -> {
            assertThat(here(id)).isEqualTo("1");
            Await.until("no connection is in use", () -> connectionsInUse() == 0);
            elsewhere(() -> sessions.open(id).putJson("entry", "2").save());
            assertThat(here(id)).isEqualTo("2");
            Await.until("no connection is in use", () -> connectionsInUse() == 0);
            put(id, "3");
            assertThat(connectionsInUse()).isPositive();
            return null;
        });

        assertThat(here(id)).isEqualTo("3");
    }

    @Test
    void aReadAfterAWriteMustSeeItAndNobodyElse() throws Exception {
        create(id).putJson("entry", "1").save();

        work.inTransaction(() -> {
            put(id, "2");
            create(other);
            ReadOnlySession found = sessions.find(id).orElseThrow();
            assertThat(found.entry("entry").orElseThrow().text()).isEqualTo("2");
            assertThat(sessions.page(SessionQuery.all().text(other)).items()).hasSize(1);
            assertThat(seen(id)).isEqualTo("1");
            assertThat(elsewhere(
                            () -> sessions.page(SessionQuery.all().text(other)).items()))
                    .isEmpty();
            return null;
        });

        assertThat(seen(id)).isEqualTo("2");
    }

    @Test
    void aReadMustNotMakeTheTransactionOneThatWrites() throws Exception {
        create(id).putJson("entry", "1").save();

        work.inTransaction(() -> {
            assertThat(here(id)).isEqualTo("1");
            sessions.open(id);
            Await.until("no connection is in use", () -> connectionsInUse() == 0);
            return null;
        });
    }

    @Test
    void whoeverIsNotKnownMustBeAnonymous() {
        Session created = injected.create();

        assertThat(created.info().owner()).isEqualTo("anonymous");
        assertThat(injected.find(created.id())).isPresent();
        assertThat(sessions.find(created.id())).isEmpty();
        assertThat(injected.as(Caller.operator("eve")).find(created.id())).isPresent();
    }
}
