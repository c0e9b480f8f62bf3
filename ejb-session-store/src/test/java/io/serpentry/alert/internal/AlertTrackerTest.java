// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.alert.Alert;
import io.serpentry.alert.AlertRule;
import io.serpentry.connector.EndedCall;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.session.internal.config.AlertSettings;
import io.serpentry.session.internal.config.AlertSettings.RuleSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When alerts are raised and cleared, and what rates and percentiles are. Time is given, none passes. */
class AlertTrackerTest {

    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
    private static final Duration WAIT = Duration.ofMinutes(1);

    private final Map<AlertRule, RuleSettings> rules = new EnumMap<>(AlertRule.class);

    private AlertTracker tracker(String server) {
        for (AlertRule rule : AlertRule.values()) {
            rules.putIfAbsent(rule, new RuleSettings(true, 10, WAIT));
        }
        return new AlertTracker(
                new AlertSettings(
                        Duration.ofSeconds(15), Duration.ofMinutes(1), Duration.ofDays(1), rules, null, List.of()),
                server);
    }

    private static List<Reading> waiting(double threads) {
        return List.of(new Reading(AlertRule.POOL_WAITING, "default", threads));
    }

    private static Instant after(Duration time) {
        return START.plus(time);
    }

    @Test
    void aFigureMustBeOverItsThresholdForLongEnough() {
        AlertTracker tracker = tracker("one");

        assertThat(tracker.look(waiting(11), List.of(), START)).isEmpty();
        assertThat(tracker.look(waiting(12), List.of(), after(WAIT.minusMillis(1))))
                .isEmpty();
        List<Alert> raised = tracker.look(waiting(13), List.of(), after(WAIT));

        assertThat(raised).singleElement().satisfies(alert -> {
            assertThat(alert.isOpen()).isTrue();
            assertThat(alert.rule()).isEqualTo(AlertRule.POOL_WAITING);
            assertThat(alert.subject()).isEqualTo("default");
            assertThat(alert.server()).isEqualTo("one");
            assertThat(alert.value()).isEqualTo(13);
            assertThat(alert.threshold()).isEqualTo(10);
            assertThat(alert.message()).isEqualTo("13 threads wait for a worker of pool default");
        });
    }

    @Test
    void aFigureThatWasBelowMeanwhileMustBeginAnew() {
        AlertTracker tracker = tracker("one");
        List<Alert> unused = tracker.look(waiting(11), List.of(), START);

        unused = tracker.look(waiting(10), List.of(), after(Duration.ofSeconds(30)));
        assertThat(tracker.look(waiting(11), List.of(), after(WAIT))).isEmpty();

        assertThat(tracker.look(waiting(11), List.of(), after(WAIT.multipliedBy(2))))
                .hasSize(1);
    }

    @Test
    void anOpenAlertMustNotBeRaisedAgainAndBeClearedAtOnce() {
        rules.put(AlertRule.POOL_WAITING, new RuleSettings(true, 10, Duration.ZERO));
        AlertTracker tracker = tracker("one");
        List<Alert> open = tracker.look(waiting(11), List.of(), START);

        assertThat(tracker.look(waiting(99), open, after(WAIT))).isEmpty();
        List<Alert> cleared = tracker.look(waiting(10), open, after(WAIT));

        assertThat(cleared).containsExactly(open.get(0).cleared(after(WAIT)));
    }

    @Test
    void alertsOfAnotherServerMustBeLeftAlone() {
        rules.put(AlertRule.POOL_WAITING, new RuleSettings(true, 10, Duration.ZERO));
        List<Alert> other = tracker("other").look(waiting(11), List.of(), START);

        assertThat(tracker("one").look(waiting(0), other, START)).isEmpty();
        assertThat(tracker("one").look(waiting(11), other, START)).hasSize(1);
    }

    @Test
    void anAlertThatNobodyLooksAtAnyMoreMustBeCleared() {
        rules.put(AlertRule.POOL_WAITING, new RuleSettings(true, 10, Duration.ZERO));
        AlertTracker tracker = tracker("one");
        List<Alert> open = tracker.look(waiting(11), List.of(), START);

        assertThat(tracker.look(List.of(), open, START))
                .containsExactly(open.get(0).cleared(START));

        rules.put(AlertRule.POOL_WAITING, new RuleSettings(false, 10, Duration.ZERO));
        assertThat(tracker("one").look(waiting(99), open, START))
                .containsExactly(open.get(0).cleared(START));
        assertThat(tracker("one").look(waiting(99), List.of(), START)).isEmpty();
    }

    @Test
    void laterAlertsMustHaveGreaterIds() {
        rules.put(AlertRule.POOL_WAITING, new RuleSettings(true, 10, Duration.ZERO));
        Alert first = tracker("one").look(waiting(11), List.of(), START).get(0);
        Alert second = tracker("one")
                .look(waiting(11), List.of(), after(Duration.ofMillis(1)))
                .get(0);

        assertThat(second.id()).isGreaterThan(first.id());
    }

    // ---- figures

    @Test
    void aRateMustBeThatOfTheWindow() {
        RateWindow window = new RateWindow(Duration.ofMinutes(1));

        assertThat(window.perMinute(START, 100)).isZero();
        assertThat(window.perMinute(after(Duration.ofSeconds(30)), 106)).isEqualTo(6);
        assertThat(window.perMinute(after(Duration.ofSeconds(60)), 106)).isEqualTo(6);
        assertThat(window.perMinute(after(Duration.ofSeconds(90)), 107)).isEqualTo(1);
        assertThat(window.perMinute(after(Duration.ofSeconds(240)), 107)).isZero();
    }

    private static EndedCall call(long millis, ErrorCode failure) {
        return new EndedCall("default", "a.b", new WorkerIdentity("default-1", 1), Duration.ofMillis(millis), failure);
    }

    @Test
    void figuresOfCallsMustBeThoseOfTheWindow() {
        CallWindow window = new CallWindow(Duration.ofMinutes(1));
        for (int i = 0; i < 90; i++) {
            window.ended(call(10, null));
        }
        for (int i = 0; i < 10; i++) {
            window.ended(call(2000, ErrorCode.PYTHON_RAISED));
        }

        CallWindow.Figures now = window.look(START);
        assertThat(now.p99()).isBetween(1.9, 2.1);
        assertThat(now.errorRatio()).isEqualTo(0.1);
        assertThat(window.look(after(Duration.ofSeconds(60))).errorRatio()).isEqualTo(0.1);
        assertThat(window.look(after(Duration.ofSeconds(61)))).isEqualTo(new CallWindow.Figures(0, 0));
    }

    @Test
    void whatTheCallerDidWrongMustBeNoFault() {
        CallWindow window = new CallWindow(Duration.ofMinutes(1));
        window.ended(call(1, ErrorCode.INVALID_ARGUMENT));
        window.ended(call(1, ErrorCode.SESSION_CONFLICT));
        window.ended(call(1, ErrorCode.WORKER_LOST));
        window.ended(call(1, ErrorCode.CALL_TIMEOUT));

        assertThat(window.look(START).errorRatio()).isEqualTo(0.5);
    }
}
