// SPDX-License-Identifier: Apache-2.0
package io.serpentry.slow.internal;

import io.serpentry.connector.EndedCall;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PoolListener;
import io.serpentry.session.internal.config.SlowSettings;
import io.serpentry.slow.SlowOperation;
import io.serpentry.slow.SlowOperation.Kind;
import io.serpentry.slow.SlowReport;
import io.serpentry.tracing.LogContext;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/** Is told how long everything took, and keeps what took long. Any thread may use it. */
@ApplicationScoped
public class SlowWatch {

    private final InstantSource clock = InstantSource.system();

    @Inject
    Config config;

    @SuppressWarnings("NullAway.Init") // by readSettings
    private SlowSettings settings;

    @SuppressWarnings("NullAway.Init") // by readSettings
    private SlowList slow;

    @PostConstruct
    void readSettings() {
        settings = SlowSettings.of(config);
        slow = new SlowList(settings, clock);
    }

    SlowReport report() {
        return slow.report();
    }

    /** The store was asked. */
    public void storeAsked(String operation, Duration duration, @Nullable ErrorCode failure) {
        noted(Kind.STORE, operation, null, duration, failure);
    }

    /** What pools are to tell. They refer to it weakly. */
    PoolListener listener() {
        return new Pools(this);
    }

    private record Pools(SlowWatch watch) implements PoolListener {

        @Override
        public void callEnded(EndedCall call) {
            watch.noted(Kind.CALL, call.function(), call.worker().id(), call.duration(), call.failure());
        }

        @Override
        public void connectionWaited(String pool, Duration waited, @Nullable ErrorCode failure) {
            watch.noted(Kind.WAIT, pool, null, waited, failure);
        }
    }

    private void noted(
            Kind kind, String name, @Nullable String worker, Duration duration, @Nullable ErrorCode failure) {
        if (duration.compareTo(settings.threshold()) >= 0) {
            slow.add(new SlowOperation(
                    kind,
                    name,
                    worker,
                    LogContext.get(LogContext.SESSION),
                    LogContext.get(LogContext.TRACE),
                    clock.instant(),
                    duration,
                    failure));
        }
    }
}
