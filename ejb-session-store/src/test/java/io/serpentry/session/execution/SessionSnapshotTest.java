// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.Caller;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.NewSession;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a call gets of its session's contents. */
class SessionSnapshotTest {

    private static final Caller CALLER = Caller.of("ada");
    private static final byte[] CONTENT = new byte[1000];

    private final InMemorySessionStore store =
            new InMemorySessionStore(SessionSettings.defaults(), InstantSource.system());

    private SessionSnapshot snapshot(ContentCache cache) {
        String id = store.create(CALLER, NewSession.durable().entry("e", "application/octet-stream", CONTENT))
                .id();
        SessionServices services = new SessionServices(
                store,
                unused(KeptHooks.class),
                unused(TransactionSynchronizationRegistry.class),
                cache,
                new WorkerContents(),
                new SessionTraffic(cache),
                new ModelUsage(),
                new SessionPlacements(),
                false);
        return SessionSnapshot.read(services, CALLER, id);
    }

    private static <T> T unused(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    throw new UnsupportedOperationException(method.getName());
                }));
    }

    @Test
    void aContentThatTheCacheDoesNotKeepMustBeThereNevertheless() {
        ContentCache tooSmall = new ContentCache(100);
        SessionSnapshot snapshot = snapshot(tooSmall);

        Map<String, byte[]> first = snapshot.contents(List.of("e", "missing"));
        assertThat(tooSmall.bytes()).isZero();
        Map<String, byte[]> second = snapshot.contents(List.of("e"));

        assertThat(first).containsOnlyKeys("e");
        assertThat(first.get("e")).isEqualTo(CONTENT);
        assertThat(second.get("e")).isEqualTo(CONTENT);
    }

    @Test
    void eachContentMustBeOneRequestOfTheCache() {
        ContentCache cache = new ContentCache(10_000);
        SessionSnapshot snapshot = snapshot(cache);

        snapshot.contents(List.of("e", "missing"));
        assertThat(cache.count()).isEqualTo(new SessionTraffic.CacheCount(0, 1));
        snapshot.contents(List.of("e"));
        assertThat(cache.count()).isEqualTo(new SessionTraffic.CacheCount(1, 1));
    }
}
