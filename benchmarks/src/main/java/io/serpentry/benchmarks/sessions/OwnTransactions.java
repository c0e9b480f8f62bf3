// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import io.serpentry.session.internal.jpa.Dialect;
import io.serpentry.session.internal.jpa.SessionRow;
import io.serpentry.session.internal.jpa.StoreFailure;
import io.serpentry.session.internal.jpa.StoreTransactions;
import io.serpentry.session.internal.jpa.WriterTurn;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.AvailableSettings;

/**
 * What the store has in the application server when no transaction of a caller is there: an entity manager for each
 * operation, a transaction of its own for each write, none for reads; on H2 one writer after the other.
 */
final class OwnTransactions implements StoreTransactions, AutoCloseable {

    private final EntityManagerFactory entities;
    private final WriterTurn turn = new WriterTurn(Duration.ofSeconds(30));
    private final boolean inTurn;

    OwnTransactions(DataSource source, Dialect dialect) {
        inTurn = dialect == Dialect.H2;
        entities = new MetadataSources(new StandardServiceRegistryBuilder()
                        .applySettings(Map.of(
                                AvailableSettings.JAKARTA_NON_JTA_DATASOURCE,
                                source,
                                AvailableSettings.JAKARTA_VALIDATION_MODE,
                                "none",
                                AvailableSettings.HBM2DDL_AUTO,
                                "validate"))
                        .build())
                .addAnnotatedClass(SessionRow.class)
                .buildMetadata()
                .buildSessionFactory();
    }

    @Override
    public <T> T read(Work<T> work) {
        return query(manager -> sql(manager, work));
    }

    @Override
    public <T> T query(Function<EntityManager, T> query) {
        try (EntityManager manager = entities.createEntityManager()) {
            return query.apply(manager);
        } catch (RuntimeException e) {
            throw StoreFailure.of(e);
        }
    }

    @Override
    public <T> T write(Work<T> work) {
        return inTurn(() -> own(work));
    }

    private <T> T inTurn(Supplier<T> writing) {
        if (!inTurn) {
            return writing.get();
        }
        try (WriterTurn.Turn ours = turn.await()) {
            return writing.get();
        }
    }

    private <T> T own(Work<T> work) {
        return query(manager -> {
            manager.getTransaction().begin();
            try {
                T result = sql(manager, work);
                manager.getTransaction().commit();
                return result;
            } finally {
                if (manager.getTransaction().isActive()) {
                    manager.getTransaction().rollback();
                }
            }
        });
    }

    @Override
    public <T> T statement(Work<T> work) {
        return inTurn(() -> read(work));
    }

    @Override
    public <T> T alone(Work<T> work) {
        return write(work);
    }

    private static <T> T sql(EntityManager manager, Work<T> work) {
        return manager.unwrap(Session.class).doReturningWork(work::on);
    }

    @Override
    public boolean isJoining() {
        return false;
    }

    @Override
    public boolean isWriting() {
        return false;
    }

    @Override
    public void setRollbackOnly() {}

    @Override
    public void close() {
        entities.close();
    }
}
