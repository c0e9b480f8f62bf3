// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.jpa.JpaSessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Counter;

/** The facade without a container: what it adds, the memory of what was read above all, must leave the contract as it is. */
public final class Facades {

    private Facades() {}

    /** @param inTransaction whether the calling thread is in a transaction */
    public static SessionStore around(JpaSessionStore store, BooleanSupplier inTransaction) {
        return around(store, inTransaction, 1 << 20, new Apart());
    }

    /**
     * @param temporaryMaxBytes what a session in memory may hold
     * @param apart where the thread's transaction does not reach
     */
    public static CentralSessionStore around(
            JpaSessionStore store, BooleanSupplier inTransaction, long temporaryMaxBytes, Apart apart) {
        CentralSessionStore facade = new CentralSessionStore();
        facade.metrics = new NoMetrics();
        facade.memory = new MemoryTier();
        facade.memory.open(SessionSettings.defaults(), temporaryMaxBytes);
        facade.apart = apart;
        facade.backend = new StoreBackend() {
            @Override
            JpaSessionStore store() {
                return store;
            }
        };
        facade.guard = new StoreGuard() {
            @Override
            boolean isInTransaction() {
                return inTransaction.getAsBoolean();
            }

            @Override
            void afterTransaction(Runnable action) {
                action.run();
            }

            @Override
            <T> T call(Operation operation, Supplier<T> action) {
                return action.get();
            }
        };
        return facade;
    }

    /** Counts nothing. */
    private static final class NoMetrics extends StoreMetrics {
        @Override
        void done(Operation operation, Duration duration) {}

        @Override
        void failed(Operation operation, RuntimeException failure, Duration duration) {}

        @Override
        void happened(SessionKind kind, String event, long count) {}

        @Override
        Counter counter(SessionKind kind, String event) {
            return new Counter() {
                @Override
                public void inc() {}

                @Override
                public void inc(long count) {}

                @Override
                public long getCount() {
                    return 0;
                }
            };
        }

        @Override
        void corruptRead(String reason) {}
    }
}
