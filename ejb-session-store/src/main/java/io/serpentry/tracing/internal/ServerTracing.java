// SPDX-License-Identifier: Apache-2.0
package io.serpentry.tracing.internal;

import io.serpentry.connector.CallTracer;
import io.serpentry.connector.PythonPools;
import io.serpentry.tracing.ServerSpans;
import io.serpentry.tracing.Spans;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.inject.Inject;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Traces by the server's OpenTelemetry, if it is switched on: then, and only then, it costs something. Nothing here needs its
 * classes, which a server may lack.
 */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
public class ServerTracing {

    /** As MicroProfile Telemetry has it: off unless it is said to be on. */
    @Inject
    @ConfigProperty(name = "otel.sdk.disabled", defaultValue = "true")
    boolean disabled;

    @Resource(lookup = "java:/eis/PythonPools")
    PythonPools pools;

    /** The pools refer to it weakly. */
    private @Nullable CallTracer tracer;

    @PostConstruct
    void start() {
        if (!disabled) {
            traceBy(serverSpans());
        }
    }

    private void traceBy(Spans spans) {
        ServerSpans.get().by(spans);
        tracer = new PoolTracer(spans);
        pools.traceWith(tracer);
    }

    private static Spans serverSpans() {
        try {
            return OpenTelemetrySpans.ofServer();
        } catch (IllegalStateException | LinkageError e) {
            TracingLog.LOG.noOpenTelemetry(e);
            return Spans.NONE;
        }
    }

    @PreDestroy
    void stop() {
        ServerSpans.get().by(Spans.NONE);
        tracer = null;
    }
}
