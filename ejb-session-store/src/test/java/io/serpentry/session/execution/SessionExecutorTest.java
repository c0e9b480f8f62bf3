// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.placement.SessionPlacements;
import io.serpentry.session.Caller;
import io.serpentry.session.Invocation;
import io.serpentry.session.KeptHooks;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.FakePools;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before a worker is asked for. */
class SessionExecutorTest {

    private static final Caller ADA = Caller.of("ada");
    private static final Caller EVE = Caller.of("eve");
    private static final Invocation CALL = Invocation.of("module.function").timeout(Duration.ofSeconds(10));
    private static final Invocation EXCLUSIVE =
            Invocation.of("module.function").timeout(Duration.ofSeconds(10)).exclusive(Duration.ZERO);

    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private final InMemorySessionStore store = new InMemorySessionStore(SessionSettings.defaults(), () -> now);
    private final FakePools pools = new FakePools();
    private final List<String> leased = new ArrayList<>();
    private String session;

    @BeforeEach
    void create() {
        pools.pool("default", "worker");
        session = store.create(ADA, NewSession.durable()).id();
    }

    private SessionExecutor executor(boolean inTransaction) {
        ContentCache cache = new ContentCache(0);
        SessionServices services = new SessionServices(
                store,
                unused(KeptHooks.class),
                transactions(),
                cache,
                new WorkerContents(),
                new SessionTraffic(cache),
                new ModelUsage(),
                new SessionPlacements(),
                inTransaction);
        SessionLeases leases = new SessionLeases() {
            @Override
            public boolean tryLease(String id, String holder, Instant validTo) {
                leased.add(id);
                return true;
            }

            @Override
            public void release(String id, String holder) {
                leased.remove(id);
            }
        };
        TouchInterval interval = new TouchInterval();
        interval.configure(SessionSettings.defaults().touchInterval());
        return new SessionExecutor(services, unused(TemporarySessions.class), leases, pools, interval, () -> now);
    }

    private static TransactionSynchronizationRegistry transactions() {
        Class<TransactionSynchronizationRegistry> type = TransactionSynchronizationRegistry.class;
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    return method.getName().equals("getTransactionStatus") ? Status.STATUS_ACTIVE : null;
                }));
    }

    private static <T> T unused(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    throw new UnsupportedOperationException(method.getName());
                }));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anExclusiveCallInAnothersSessionMustHoldNothing(boolean inTransaction) {
        assertThatThrownBy(() -> executor(inTransaction).execute(EVE, session, EXCLUSIVE, Void.class))
                .isInstanceOf(SessionNotFoundException.class);

        assertThat(leased).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anExclusiveCallInAnothersSessionMustNotBeToldThatItIsBusy(boolean inTransaction) {
        ExclusiveCalls calls = new ExclusiveCalls(grantingLeases(), InstantSource.system());
        try (ExclusiveCalls.Turn turn = calls.await(session, Duration.ZERO, Duration.ofMinutes(1))) {
            assertThatThrownBy(() -> executor(inTransaction).execute(EVE, session, EXCLUSIVE, Void.class))
                    .isInstanceOf(SessionNotFoundException.class);
        }
    }

    /** A twentieth of an idle timeout of 100 seconds. */
    @ParameterizedTest
    @CsvSource({"4, 0", "6, 6"})
    void anAccessMustBeNotedWhenTheStoreWouldWriteIt(int secondsLater, int noted) {
        String brief = store.create(ADA, NewSession.durable().idleTimeout(Duration.ofSeconds(100)))
                .id();
        Instant created = now;
        now = created.plusSeconds(secondsLater);

        // There is no worker that could serve it.
        assertThatThrownBy(() -> executor(false).execute(ADA, brief, CALL, Void.class))
                .isNotInstanceOf(SessionNotFoundException.class);

        assertThat(store.find(ADA, brief).orElseThrow().info().lastAccessedAt()).isEqualTo(created.plusSeconds(noted));
    }

    private static SessionLeases grantingLeases() {
        return new SessionLeases() {
            @Override
            public boolean tryLease(String id, String holder, Instant validTo) {
                return true;
            }

            @Override
            public void release(String id, String holder) {}
        };
    }

    @Test
    void anIdThatIsNoneMustBeRefusedBeforeAnythingIsAsked() {
        assertThatThrownBy(() -> executor(false).execute(ADA, "x".repeat(129), EXCLUSIVE, Void.class))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("128");

        assertThat(leased).isEmpty();
    }
}
