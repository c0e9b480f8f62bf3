// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The sessions that all calls of a pool share. */
class SharedSessionsTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final SessionSettings USUAL = SessionSettings.defaults();

    private static SessionServices services(Duration lifetime) {
        SessionSettings settings = new SessionSettings(
                USUAL.idleTimeout(),
                USUAL.temporaryIdleTimeout(),
                lifetime,
                USUAL.touchInterval(),
                USUAL.maxEntrySize(),
                USUAL.maxEntries(),
                USUAL.maxBytes(),
                USUAL.maxSessionsPerOwner(),
                USUAL.historyCount(),
                USUAL.historyAge(),
                USUAL.codec());
        ContentCache cache = new ContentCache(1000);
        return new SessionServices(
                new InMemorySessionStore(settings, () -> NOW),
                unused(KeptHooks.class),
                unused(TransactionSynchronizationRegistry.class),
                cache,
                new WorkerContents(),
                new SessionTraffic(cache),
                new ModelUsage(),
                new SessionPlacements(),
                false);
    }

    private static <T> T unused(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    throw new UnsupportedOperationException(method.getName());
                }));
    }

    @Test
    void theSessionOfAPoolMustOutliveTheConfiguredLifetime() {
        SessionInfo shared =
                SharedSessions.part(services(Duration.ofHours(8)), "default").info();

        assertThat(shared.id()).isEqualTo("shared:default");
        assertThat(shared.expiresAt()).isAfter(NOW.plus(Duration.ofDays(36_000)));
    }
}
