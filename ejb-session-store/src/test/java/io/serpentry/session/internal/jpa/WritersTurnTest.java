// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ConnectionStateException;
import jakarta.persistence.EntityManagerFactory;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The writer's turn of a caller's transaction that ends, or is marked for rollback, just when it gets it. */
class WritersTurnTest {

    private int status = Status.STATUS_ACTIVE;
    private Runnable onRegistration = () -> {};
    private int registered;

    private final JtaTransactions transactions = new JtaTransactions(
            proxy(EntityManagerFactory.class, Map.of()),
            proxy(TransactionManager.class, Map.of()),
            proxy(
                    TransactionSynchronizationRegistry.class,
                    Map.of(
                            "getTransactionStatus", given -> status,
                            "getResource", given -> null,
                            "putResource", given -> null,
                            "registerInterposedSynchronization", given -> register((Synchronization) given[0]))),
            Dialect.H2);

    @FunctionalInterface
    private interface Answer {
        Object to(Object[] given);
    }

    private static <T> T proxy(Class<T> type, Map<String, Answer> answers) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    Answer answer = answers.get(method.getName());
                    if (answer == null) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    return answer.to(given);
                }));
    }

    /** As WildFly does it: nothing happens, and nothing is said, if the transaction can only be rolled back. */
    private Object register(Synchronization synchronization) {
        onRegistration.run();
        if (status == Status.STATUS_ROLLEDBACK) {
            throw new IllegalStateException("not in status " + status);
        }
        registered += status == Status.STATUS_ACTIVE && synchronization != null ? 1 : 0;
        return null;
    }

    private void write() {
        transactions.write(connection -> {
            throw new UnsupportedOperationException("nothing is to be written");
        });
    }

    /** Whether another thread gets the turn; the test would wait for half a minute if not. */
    private void writeElsewhere() {
        CompletableFuture.runAsync(this::write).join();
    }

    @Test
    void aTransactionThatIsMarkedForRollbackMeanwhileMustNotKeepTheTurn() {
        onRegistration = () -> status = Status.STATUS_MARKED_ROLLBACK;

        assertThatThrownBy(this::write)
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("can only be rolled back");

        assertThat(registered).isZero();
        onRegistration = () -> status = Status.STATUS_ROLLEDBACK;
        status = Status.STATUS_ACTIVE;
        long begun = System.nanoTime();
        assertThatThrownBy(this::writeElsewhere).hasCauseInstanceOf(ConnectionStateException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void aTransactionThatEndsMeanwhileMustBeToldByItsCode() {
        onRegistration = () -> status = Status.STATUS_ROLLEDBACK;

        assertThatThrownBy(this::write)
                .isInstanceOf(ConnectionStateException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }
}
