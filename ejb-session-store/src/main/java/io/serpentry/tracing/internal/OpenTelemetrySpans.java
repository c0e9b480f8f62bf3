// SPDX-License-Identifier: Apache-2.0
package io.serpentry.tracing.internal;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.serpentry.tracing.LogContext;
import io.serpentry.tracing.Spans;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.CDI;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Spans of OpenTelemetry. */
final class OpenTelemetrySpans implements Spans {

    private static final String SCOPE = "io.serpentry";
    private static final String ERROR_TYPE = "error.type";

    private final Tracer tracer;
    private final TextMapPropagator propagator;

    /** @throws IllegalStateException if the server gives this application none */
    static Spans ofServer() {
        Instance<OpenTelemetry> found = CDI.current().select(OpenTelemetry.class);
        if (!found.isResolvable()) {
            throw new IllegalStateException("there is no bean of the type OpenTelemetry");
        }
        return new OpenTelemetrySpans(found.get());
    }

    OpenTelemetrySpans(OpenTelemetry openTelemetry) {
        tracer = openTelemetry.getTracer(SCOPE);
        propagator = openTelemetry.getPropagators().getTextMapPropagator();
    }

    @Override
    public ActiveSpan begin(Kind kind, String name, Map<String, String> attributes) {
        SpanBuilder builder = tracer.spanBuilder(name).setSpanKind(kindOf(kind));
        attributes.forEach(builder::setAttribute);
        return new Current(builder.startSpan(), propagator);
    }

    @Override
    public ActiveSpan beginWithin(Kind kind, String name, Map<String, String> attributes) {
        return context().isValid() ? begin(kind, name, attributes) : ActiveSpan.NONE;
    }

    private static SpanKind kindOf(Kind kind) {
        return switch (kind) {
            case INTERNAL -> SpanKind.INTERNAL;
            case CLIENT -> SpanKind.CLIENT;
        };
    }

    @Override
    public String traceId() {
        SpanContext context = context();
        return context.isValid() ? context.getTraceId() : "";
    }

    private static SpanContext context() {
        return Span.current().getSpanContext();
    }

    /** The span that its thread is in. */
    private static final class Current implements ActiveSpan {

        private final Span span;
        private final TextMapPropagator propagator;
        private final Scope scope;
        private final LogContext traceId;
        private final LogContext spanId;

        @SuppressWarnings("MustBeClosedChecker") // by close()
        Current(Span span, TextMapPropagator propagator) {
            this.span = span;
            this.propagator = propagator;
            scope = span.makeCurrent();
            SpanContext context = span.getSpanContext();
            traceId = LogContext.put(LogContext.TRACE, context.getTraceId());
            spanId = LogContext.put(LogContext.SPAN, context.getSpanId());
        }

        @Override
        public Map<String, String> carrier() {
            Map<String, String> headers = new HashMap<>();
            propagator.inject(Context.current(), headers, (carrier, key, value) -> Objects.requireNonNull(carrier)
                    .put(key, value));
            return headers;
        }

        @Override
        public void note(String attribute, String value) {
            span.setAttribute(attribute, value);
        }

        @Override
        public void failed(String code, @Nullable Throwable cause) {
            span.setStatus(StatusCode.ERROR, code);
            span.setAttribute(ERROR_TYPE, code);
            if (cause != null) {
                span.recordException(cause);
            }
        }

        @Override
        public void close() {
            spanId.close();
            traceId.close();
            scope.close();
            span.end();
        }
    }
}
