// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.Caller;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.NewSession;
import io.serpentry.session.Session;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is changed in a session before it is saved. */
class WorkingSessionTest {

    private static final Caller CALLER = Caller.of("ada");

    private final InMemorySessionStore store =
            new InMemorySessionStore(SessionSettings.defaults(), InstantSource.system());

    @BeforeEach
    void create() {
        store.create(CALLER, NewSession.durable().id("s"));
    }

    private Session open() {
        ContentCache cache = new ContentCache(0);
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
        return new WorkingSession(
                services,
                CALLER,
                InstantSource.system(),
                store.find(CALLER, "s").orElseThrow());
    }

    private static <T> T unused(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    throw new UnsupportedOperationException(method.getName());
                }));
    }

    private String text(String name) {
        return open().entry(name).orElseThrow().text();
    }

    @Test
    void anIncrementMustNotUndoAPut() {
        Session session = open().putJson("n", "5");

        assertThatThrownBy(() -> session.increment("n", 1))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("save that first");

        session.save();
        assertThat(text("n")).isEqualTo("5");
    }

    @Test
    void anIncrementMustNotUndoARemoval() {
        open().increment("n", 5).save();
        Session session = open().remove("n");

        assertThatThrownBy(() -> session.increment("n", 1)).isInstanceOf(ConnectionStateException.class);

        session.save();
        session.increment("n", 1).save();
        assertThat(text("n")).isEqualTo("1");
    }

    @Test
    void incrementsMustAddUp() {
        open().increment("n", 2).increment("n", 3).save();

        assertThat(text("n")).isEqualTo("5");
    }

    @Test
    void metadataMustBeStoredEachKeyByItself() {
        Session one = open().metadata("a", "one").metadata("both", "one");
        Session two = open().metadata("b", "two").metadata("both", "two");

        one.save();
        two.save();

        assertThat(open().info().metadata())
                .containsEntry("a", "one")
                .containsEntry("b", "two")
                .containsEntry("both", "two");
    }
}
