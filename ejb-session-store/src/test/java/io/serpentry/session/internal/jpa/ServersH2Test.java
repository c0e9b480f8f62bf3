// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionView;
import io.serpentry.session.internal.Facades;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database as a server uses it. */
@Timeout(300)
class ServersH2Test {

    private static final Caller CALLER = Caller.of("ada");
    private static final int THREADS = 16;
    private static final int ROUNDS = 1000;
    private static final long BOUND = 160L << 20;

    @TempDir
    Path directory;

    private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

    /** Each access is written. */
    private static SessionSettings eager() {
        return new SessionSettings(
                Duration.ofHours(1),
                Duration.ofMinutes(5),
                null,
                Duration.ZERO,
                16 << 20,
                1000,
                64L << 20,
                0,
                10,
                Duration.ofDays(7),
                Codec.ZSTD);
    }

    @Test
    void incrementsMustAddUpWhileOthersCompeteForAnEntry() throws Exception {
        try (ServersH2 server = new ServersH2(directory, SessionSettings.defaults(), InstantSource.system())) {
            JpaSessionStore store = server.store();
            store.create(CALLER, NewSession.durable().id("s").entry("contended", "a/b", new byte[10]));
            AtomicInteger put = new AtomicInteger();

            Threads.run(THREADS, thread -> {
                for (int i = 0; i < ROUNDS; i++) {
                    store.save(CALLER, SessionDelta.of("s").increment("n", 1));
                    if (i % 4 == 0 && isPut(store)) {
                        put.incrementAndGet();
                    }
                }
            });

            SessionView view = store.find(CALLER, "s").orElseThrow();
            assertThat(view.entry("n").orElseThrow().version()).isEqualTo(THREADS * ROUNDS);
            assertThat(store.save(CALLER, SessionDelta.of("s").increment("n", 1))
                            .counters())
                    .containsEntry("n", THREADS * ROUNDS + 1L);
            assertThat(view.entry("contended").orElseThrow().version()).isEqualTo(1L + put.get());
            assertThat(view.info().revision()).isEqualTo(1L + THREADS * ROUNDS + put.get());
        }
    }

    private static boolean isPut(JpaSessionStore store) {
        long version = store.find(CALLER, "s")
                .orElseThrow()
                .entry("contended")
                .orElseThrow()
                .version();
        try {
            store.save(CALLER, SessionDelta.of("s").put("contended", "a/b", new byte[10], version));
            return true;
        } catch (SessionConflictException e) {
            return false;
        }
    }

    @Test
    void theFileMustStaySmallWhileSessionsAreTouched() throws Exception {
        try (ServersH2 server = new ServersH2(directory, eager(), InstantSource.system())) {
            JpaSessionStore store = server.store();
            create(server, "s", 2000);
            AtomicLong largest = new AtomicLong();
            LongSupplier compaction = Facades.compaction(server.source());
            AtomicBoolean done = new AtomicBoolean();
            Thread compacting = new Thread(() -> {
                while (!done.get()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(compaction.getAsLong()));
                }
            });
            compacting.start();

            Threads.run(4, thread -> {
                Random random = new Random(thread);
                for (int i = 0; i < 5000; i++) {
                    store.touch(CALLER, "s" + random.nextInt(2000), Instant.EPOCH);
                    if (i % 500 == 0) {
                        largest.accumulateAndGet(size(server), Math::max);
                    }
                }
            });

            done.set(true);
            compacting.join();
            assertThat(largest.get()).as("2,000 sessions, touched 20,000 times").isLessThan(BOUND);
        }
    }

    private static long size(ServersH2 server) {
        try {
            return server.fileSize();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void tenThousandSessionsMustBeSweptWhileOthersWrite() throws Exception {
        try (ServersH2 server = new ServersH2(directory, SessionSettings.defaults(), () -> now)) {
            JpaSessionStore store = server.store();
            create(server, "old", 10_000);
            now = now.plus(Duration.ofHours(3));
            create(server, "live", 4);
            AtomicInteger swept = new AtomicInteger();
            AtomicInteger written = new AtomicInteger();
            AtomicBoolean done = new AtomicBoolean();

            Threads.run(5, thread -> {
                if (thread < 4) {
                    while (!done.get()) {
                        store.save(CALLER, SessionDelta.of("live" + thread).increment("n", 1));
                        written.incrementAndGet();
                    }
                } else {
                    try {
                        for (int batch = store.expireDue(500); batch > 0; batch = store.expireDue(500)) {
                            swept.addAndGet(batch);
                        }
                    } finally {
                        done.set(true);
                    }
                }
            });

            assertThat(swept).hasValue(10_000);
            assertThat(written.get()).as("writers went on").isGreaterThan(4 * 20);
            assertThat(size(server)).isLessThan(BOUND);
        }
    }

    /** Many in a transaction. */
    private static void create(ServersH2 server, String prefix, int count) {
        for (int from = 0; from < count; from += 500) {
            int begin = from;
            server.jta().transaction(() -> {
                for (int i = begin; i < Math.min(count, begin + 500); i++) {
                    server.store().create(CALLER, NewSession.durable().id(prefix + i));
                }
                return null;
            });
        }
    }
}
