// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.WorkerIdentity;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.Caller;
import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.NewSession;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a call gets of its session's contents. */
class SessionSnapshotTest {

    private static final Caller CALLER = Caller.of("ada");
    private static final byte[] CONTENT = new byte[1000];
    private static final byte[] ASSIGNED = "7".getBytes(UTF_8);

    private final InMemorySessionStore store =
            new InMemorySessionStore(SessionSettings.defaults(), InstantSource.system());

    private SessionSnapshot snapshot(ContentCache cache) {
        String id = store.create(CALLER, NewSession.durable().entry("e", "application/octet-stream", CONTENT))
                .id();
        return SessionSnapshot.read(
                services(cache, unused(TransactionSynchronizationRegistry.class), false), CALLER, id);
    }

    private SessionServices services(
            ContentCache cache, TransactionSynchronizationRegistry transaction, boolean transactional) {
        return new SessionServices(
                store,
                unused(KeptHooks.class),
                transaction,
                cache,
                new WorkerContents(),
                new SessionTraffic(cache),
                new ModelUsage(),
                new SessionPlacements(),
                transactional);
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

    /** What two calls of one transaction change, one after the other, in the order in which their results come. */
    @Test
    void aCounterThatTheTransactionHasMadeMustBeAssignedWithoutAConflict() {
        String id = store.create(CALLER, NewSession.durable()).id();
        FakeTransaction transaction = new FakeTransaction();
        SessionServices services = services(new ContentCache(10_000), transaction, true);

        call(services, id, "[\"hits\", -1, \"increment\", 3]");
        EntryInfo shown = SessionSnapshot.read(services, CALLER, id).entries().get(0);
        String digest = ContentDigest.of(ASSIGNED);
        call(services, id, "[\"hits\", " + shown.version() + ", \"put\", \"application/json\", \"" + digest + "\", 0]");
        transaction.commit();

        EntryRead stored = store.entries(CALLER, id, Set.of("hits"), Set.of()).get(0);
        assertThat(stored.info().version()).isEqualTo(1);
        assertThat(((EntryRead.Content) stored).toByteArray()).isEqualTo(ASSIGNED);
    }

    private static void call(SessionServices services, String id, String change) {
        SessionPart part = new SessionPart(services, CALLER, "pool", SessionSnapshot.read(services, CALLER, id), false);
        String said = "{\"id\": \"" + id + "\", \"changes\": [" + change + "]}";
        part.told(SessionMessages.parsed(said.getBytes(UTF_8)), List.of(ByteBuffer.wrap(ASSIGNED)));
        part.finish(new WorkerIdentity("w", 1));
    }
}
