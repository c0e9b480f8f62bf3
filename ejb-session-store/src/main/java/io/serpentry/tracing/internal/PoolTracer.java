// SPDX-License-Identifier: Apache-2.0
package io.serpentry.tracing.internal;

import io.serpentry.connector.CallTracer;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.tracing.Spans;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A span for each step of the pools. */
final class PoolTracer implements CallTracer {

    private final Spans spans;

    PoolTracer(Spans spans) {
        this.spans = spans;
    }

    @Override
    public Step begin(Kind kind, String pool, String name) {
        return new Traced(
                switch (kind) {
                    case WAIT -> spans.beginWithin(Spans.Kind.INTERNAL, "python.wait " + name, pool(pool));
                    case CALL ->
                        spans.begin(
                                Spans.Kind.CLIENT,
                                "python.call " + name,
                                Map.of("serpentry.pool", pool, "serpentry.function", name));
                    case CALLBACK ->
                        spans.beginWithin(
                                Spans.Kind.INTERNAL,
                                "python.callback " + name,
                                Map.of("serpentry.pool", pool, "serpentry.method", name));
                });
    }

    private static Map<String, String> pool(String pool) {
        return Map.of("serpentry.pool", pool);
    }

    private record Traced(Spans.ActiveSpan span) implements Step {

        @Override
        public Map<String, String> carrier() {
            return span.carrier();
        }

        @Override
        public void end(@Nullable WorkerIdentity worker, @Nullable ErrorCode failure) {
            if (worker != null) {
                span.note("serpentry.worker", worker.id());
            }
            if (failure != null) {
                span.failed(failure.name(), null);
            }
            span.close();
        }
    }
}
