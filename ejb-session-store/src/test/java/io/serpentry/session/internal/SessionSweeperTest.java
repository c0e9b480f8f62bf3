// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.internal.config.StoreSettings;
import io.serpentry.session.internal.config.StoreSettings.EventSettings;
import io.serpentry.session.internal.config.StoreSettings.SweepSettings;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.ejb.Timer;
import jakarta.ejb.TimerService;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the sweeper begins and ends, by a clock that the test moves. */
class SessionSweeperTest {

    private static final int BATCH = 500;
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Duration BUDGET = Duration.ofSeconds(5);

    private final SessionSweeper sweeper = new SessionSweeper();
    private final List<Long> pauses = new ArrayList<>();
    private final List<SessionStatistics> samples = new ArrayList<>();

    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private int backlog;
    private int batches;
    private Duration batchTakes = Duration.ofSeconds(1);
    private boolean reachable = true;

    @BeforeEach
    void open() {
        sweeper.clock = () -> now;
        sweeper.store = proxy(SessionStore.class, (method, given) -> switch (method) {
            case "expireDue" -> expired((Integer) given[0]);
            case "statistics" -> new SessionStatistics(Map.of(SessionKind.DURABLE, 1L), 0, 0, backlog, 0, 0, null);
            default -> throw new UnsupportedOperationException(method);
        });
        sweeper.timers = proxy(TimerService.class, (method, given) -> {
            pauses.add((Long) given[0]);
            return null;
        });
        sweeper.backend = new StoreBackend() {
            @Override
            StoreSettings settings() {
                return new StoreSettings(
                        "java:/x",
                        SessionSettings.defaults(),
                        0,
                        new SweepSettings(INTERVAL, 10, BATCH, BUDGET, Duration.ofSeconds(1), Duration.ofDays(1)),
                        new EventSettings(Duration.ofDays(1), 1),
                        List.of());
            }
        };
        sweeper.metrics = new StoreMetrics() {
            @Override
            void sampled(SessionStatistics statistics) {
                samples.add(statistics);
            }
        };
        sweeper.guard = new StoreGuard() {
            @Override
            @SuppressWarnings("unchecked")
            <T> T call(Operation operation, Supplier<T> action) {
                return (T) Integer.valueOf(0);
            }
        };
    }

    @FunctionalInterface
    private interface Answers {
        Object to(String method, Object[] given);
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, given) -> answers.to(method.getName(), given)));
    }

    private int expired(int limit) {
        if (!reachable) {
            throw new StoreUnavailableException("lost, as the test wants it", false, null);
        }
        batches++;
        now = now.plus(batchTakes);
        int expired = Math.min(limit, backlog);
        backlog -= expired;
        return expired;
    }

    private void sweep() {
        sweeper.wake(proxy(Timer.class, (method, given) -> "serpentry session sweep"));
    }

    @Test
    void aSweepMustEndWhenItsTimeIsOverAndTellWhatIsLeft() {
        backlog = 20 * BATCH;

        sweep();

        assertThat(batches).isEqualTo(5);
        assertThat(samples).extracting(SessionStatistics::overdue).containsExactly(15L * BATCH);
    }

    @Test
    void theNextSweepsMustGoOnUntilNothingIsLeft() {
        backlog = 12 * BATCH + 1;

        for (int i = 0; i < 3; i++) {
            sweep();
        }

        assertThat(samples).extracting(SessionStatistics::overdue).containsExactly(7L * BATCH + 1, 2L * BATCH + 1, 0L);
        assertThat(batches).isEqualTo(13);
    }

    @Test
    void aSweepMustEndWithABatchThatIsNotFull() {
        backlog = BATCH + 1;
        batchTakes = Duration.ofMillis(1);

        sweep();

        assertThat(batches).isEqualTo(2);
    }

    @Test
    void theNextSweepMustComeAboutAnIntervalLaterAndNotForAllServersAtOnce() {
        for (int i = 0; i < 200; i++) {
            sweep();
        }

        assertThat(pauses).hasSize(200).allSatisfy(pause -> assertThat(pause).isBetween(54_000L, 66_000L));
        assertThat(pauses).anySatisfy(pause -> assertThat(pause).isLessThan(58_000));
        assertThat(pauses).anySatisfy(pause -> assertThat(pause).isGreaterThan(62_000));
    }

    @Test
    void aSweepThatFailsMustBeFollowedByAnother() {
        reachable = false;

        sweep();

        assertThat(samples).isEmpty();
        assertThat(pauses).hasSize(1);
    }
}
