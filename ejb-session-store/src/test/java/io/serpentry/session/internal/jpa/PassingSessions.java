// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Sessions that somebody creates and deletes again, without a pause, among those that are there. */
final class PassingSessions implements AutoCloseable {

    private static final Caller OPERATOR = Caller.operator("passing");
    private static final int AT_ONCE = 20;

    private final SessionStore store;
    private final Random random = new Random(1);
    private final Deque<String> present = new ArrayDeque<>();
    private final Semaphore changes = new Semaphore(0);
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final Future<?> work;
    private volatile boolean stopped;

    private PassingSessions(SessionStore store) {
        this.store = store;
        this.work = executor.submit(this::comeAndGo);
    }

    static PassingSessions in(ManySessions sessions) {
        return new PassingSessions(sessions.store());
    }

    static boolean isOne(String id) {
        return id.endsWith("x");
    }

    private void comeAndGo() {
        while (!stopped) {
            come();
            if (present.size() > AT_ONCE) {
                go();
            }
            changes.release();
        }
        while (!present.isEmpty()) {
            go();
        }
    }

    /** Somewhere in the lists, also between two of the same moment. */
    private void come() {
        String id = "s%06d-%dx".formatted(random.nextInt(100_000), random.nextInt(1_000_000_000));
        long millis = random.nextInt(100_000 / 3);
        store.create(OPERATOR, NewSession.durable().id(id).createdAt(ManySessions.START.plusMillis(millis)));
        present.add(id);
    }

    private void go() {
        assertThat(store.delete(OPERATOR, present.remove())).isTrue();
    }

    /** Waits until at least one more has come since the last time. */
    void awaitAnother() throws InterruptedException {
        changes.drainPermits();
        assertThat(changes.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    }

    /** Waits until all of them are gone; throws what has kept them from it. */
    @Override
    public void close() throws Exception {
        stopped = true;
        try {
            work.get(60, TimeUnit.SECONDS);
        } finally {
            executor.shutdownNow();
        }
    }
}
