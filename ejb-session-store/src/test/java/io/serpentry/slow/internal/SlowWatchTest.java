// SPDX-License-Identifier: Apache-2.0
package io.serpentry.slow.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.serpentry.connector.EndedCall;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.session.internal.config.FakeConfig;
import io.serpentry.slow.SlowOperation;
import io.serpentry.slow.SlowOperation.Kind;
import io.serpentry.tracing.LogContext;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlowWatchTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final WorkerIdentity WORKER = new WorkerIdentity("p-1", 17);

    private final SlowWatch watch = new SlowWatch();

    @BeforeEach
    void start() {
        watch.config = new FakeConfig(Map.of());
        watch.readSettings();
    }

    @Test
    void callsWaitsAndOperationsOfTheStoreMustBeTold() {
        watch.listener().callEnded(new EndedCall("p", "m.f", WORKER, Duration.ofSeconds(3), null));
        watch.listener().connectionWaited("p", Duration.ofSeconds(2), ErrorCode.WORKERS_EXHAUSTED);
        watch.storeAsked("save", SECOND, ErrorCode.SESSION_CONFLICT);

        assertThat(watch.report().slowest())
                .extracting(SlowOperation::kind, SlowOperation::name, SlowOperation::worker, SlowOperation::failure)
                .containsExactly(
                        tuple(Kind.CALL, "m.f", "p-1", null),
                        tuple(Kind.WAIT, "p", null, ErrorCode.WORKERS_EXHAUSTED),
                        tuple(Kind.STORE, "save", null, ErrorCode.SESSION_CONFLICT));
    }

    @Test
    void whatTakesLessThanTheThresholdMustNotBeTold() {
        watch.storeAsked("save", SECOND.minusNanos(1), null);

        assertThat(watch.report().slowest()).isEmpty();
    }

    @Test
    void sessionAndTraceOfTheThreadMustBeTold() {
        try (LogContext session = LogContext.put(LogContext.SESSION, "claim:17");
                LogContext trace = LogContext.put(LogContext.TRACE, "abc")) {
            assertThat(session).isNotSameAs(trace);
            watch.storeAsked("save", SECOND, null);
        }

        assertThat(watch.report().slowest())
                .extracting(SlowOperation::session, SlowOperation::traceId)
                .containsExactly(tuple("claim:17", "abc"));
    }
}
