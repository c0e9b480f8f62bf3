// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.alert.Alert;
import io.serpentry.alert.AlertCleared;
import io.serpentry.alert.AlertRaised;
import io.serpentry.alert.AlertRule;
import io.serpentry.connector.PoolHealth;
import io.serpentry.event.EventLog;
import io.serpentry.event.NewEvent;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.internal.AlertStore;
import io.serpentry.session.internal.config.FakeConfig;
import io.serpentry.session.testkit.FakePool;
import io.serpentry.session.testkit.FakePools;
import jakarta.ejb.TimerService;
import jakarta.enterprise.event.Event;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told of an alert. The container's part is played by the test, and so is that of the database. */
class AlertWatchTest {

    private final FakePools pools = new FakePools();
    private final FakePool pool = pools.pool("default", "a");
    private final List<Object> fired = new ArrayList<>();
    private final List<String> published = new ArrayList<>();
    private final AlertWatch watch = new AlertWatch();
    private Consumer<Object> observer = fired::add;

    /** Holds what is open. */
    private static final class Kept extends AlertStore {

        private final List<Alert> open = new ArrayList<>();

        @Override
        public boolean isReached() {
            return true;
        }

        @Override
        public long conflicts() {
            return 0;
        }

        @Override
        public Optional<SessionStatistics> lastSample() {
            return Optional.empty();
        }

        @Override
        public boolean insert(Alert alert) {
            return open.add(alert);
        }

        @Override
        public boolean clear(Alert cleared) {
            return open.removeIf(alert -> alert.id().equals(cleared.id()));
        }

        @Override
        public List<Alert> open() {
            return List.copyOf(open);
        }

        @Override
        public int forget(Instant before) {
            return 0;
        }
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @SuppressWarnings("unchecked")
    private <T> Event<T> event() {
        return fake(Event.class, (proxy, method, arguments) -> {
            observer.accept(arguments[0]);
            return null;
        });
    }

    @BeforeEach
    @SuppressWarnings("unchecked")
    void start() {
        watch.config = new FakeConfig(Map.of("serpentry.alert.poolDown.for", "PT0S"));
        watch.store = new Kept();
        watch.metrics = new AlertMetrics() {
            @Override
            void open(List<Alert> alerts) {}
        };
        watch.raised = event();
        watch.cleared = event();
        watch.events = fake(EventLog.class, (proxy, method, arguments) -> {
            ((List<NewEvent>) arguments[0]).forEach(event -> published.add(event.type()));
            return null;
        });
        watch.pools = pools;
        watch.timers = fake(TimerService.class, (proxy, method, arguments) -> null);
        watch.start();
    }

    @Test
    void observersMustBeToldOfAnAlertAndOfItsEnd() {
        watch.wake();
        assertThat(fired).isEmpty();

        pool.health(PoolHealth.State.DOWN);
        watch.wake();
        watch.wake();

        assertThat(fired).singleElement().isInstanceOfSatisfying(AlertRaised.class, told -> {
            assertThat(told.alert().rule()).isEqualTo(AlertRule.POOL_DOWN);
            assertThat(told.alert().subject()).isEqualTo("default");
            assertThat(told.alert().message()).isEqualTo("pool default can start no worker (1)");
        });
        pool.health(PoolHealth.State.UP);
        watch.wake();
        assertThat(fired).hasSize(2).last().isInstanceOf(AlertCleared.class);
        assertThat(published).containsExactly("alert.raised", "alert.cleared");
    }

    @Test
    void anObserverThatFailsMustKeepNobodyFromBeingTold() {
        observer = told -> {
            fired.add(told);
            throw new IllegalStateException("planted");
        };
        pool.health(PoolHealth.State.DOWN);
        watch.wake();
        pool.health(PoolHealth.State.UP);
        watch.wake();

        assertThat(fired).hasSize(2);
        assertThat(published).containsExactly("alert.raised", "alert.cleared");
    }
}
