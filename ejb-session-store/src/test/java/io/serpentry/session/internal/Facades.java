// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.jpa.EmbeddedFile;
import io.serpentry.session.internal.jpa.JpaSessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.ejb.TimerService;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
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

    /** What keeps the file of that embedded database small, as the server does it: each run tells after how many milliseconds the next is due. */
    public static LongSupplier compaction(DataSource source) {
        AtomicLong pause = new AtomicLong();
        FileCompaction compaction = new FileCompaction();
        compaction.backend = new StoreBackend() {
            @Override
            boolean mayBeEmbedded() {
                return true;
            }

            @Override
            boolean compactFile(Duration budget) throws SQLException {
                try (Connection connection = source.getConnection()) {
                    return EmbeddedFile.compact(connection, budget);
                }
            }
        };
        compaction.timers = (TimerService) Proxy.newProxyInstance(
                TimerService.class.getClassLoader(), new Class<?>[] {TimerService.class}, (proxy, method, given) -> {
                    pause.set((Long) given[0]);
                    return null;
                });
        return () -> {
            compaction.compact();
            return pause.get();
        };
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
