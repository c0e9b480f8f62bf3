// SPDX-License-Identifier: Apache-2.0
package io.serpentry.tracing.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.serpentry.connector.CallTracer;
import io.serpentry.connector.CallTracer.Step;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.tracing.Spans;
import io.serpentry.tracing.Spans.ActiveSpan;
import java.util.List;
import java.util.Map;
import org.jboss.logging.MDC;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The spans that are made, and what is in them. */
@Tag("core")
class OpenTelemetrySpansTest {

    @RegisterExtension
    static final OpenTelemetryExtension TELEMETRY = OpenTelemetryExtension.create();

    private final Spans spans = new OpenTelemetrySpans(TELEMETRY.getOpenTelemetry());
    private final CallTracer tracer = new PoolTracer(spans);

    private static SpanData only() {
        List<SpanData> made = TELEMETRY.getSpans();
        assertThat(made).hasSize(1);
        return made.get(0);
    }

    private static String attribute(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    @Test
    void aSpanWithinAnotherMustBeItsChild() {
        try (ActiveSpan outer = spans.begin(Spans.Kind.INTERNAL, "outer", Map.of())) {
            outer.note("serpentry.session", "s-1");
            try (ActiveSpan inner = spans.beginWithin(Spans.Kind.CLIENT, "inner", Map.of("a", "b"))) {
                inner.note("c", "d");
            }
        }

        List<SpanData> made = TELEMETRY.getSpans();
        assertThat(made).extracting(SpanData::getName).containsExactly("inner", "outer");
        SpanData inner = made.get(0);
        SpanData outer = made.get(1);
        assertThat(inner.getParentSpanId()).isEqualTo(outer.getSpanId());
        assertThat(inner.getTraceId()).isEqualTo(outer.getTraceId());
        assertThat(inner.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(attribute(inner, "a") + attribute(inner, "c")).isEqualTo("bd");
        assertThat(attribute(outer, "serpentry.session")).isEqualTo("s-1");
    }

    @Test
    void outsideOfASpanNothingMustBeginWithin() {
        try (ActiveSpan span = spans.beginWithin(Spans.Kind.CLIENT, "lonely", Map.of())) {
            span.note("a", "b");
            assertThat(spans.traceId()).isEmpty();
            assertThat(span.carrier()).isEmpty();
        }

        assertThat(TELEMETRY.getSpans()).isEmpty();
    }

    @Test
    void theIdsMustBeInTheLogContextWhileTheSpanLasts() {
        MDC.put("traceId", "of somebody else");
        try {
            try (ActiveSpan span = spans.begin(Spans.Kind.INTERNAL, "outer", Map.of())) {
                assertThat(MDC.get("traceId")).isEqualTo(spans.traceId());
                assertThat(span.carrier().get("traceparent"))
                        .isEqualTo("00-" + spans.traceId() + "-" + MDC.get("spanId") + "-01");
            }
            assertThat(MDC.get("traceId")).isEqualTo("of somebody else");
            assertThat(MDC.get("spanId")).isNull();
        } finally {
            MDC.remove("traceId");
        }
    }

    @Test
    void aFailureMustMarkTheSpan() {
        try (ActiveSpan span = spans.begin(Spans.Kind.INTERNAL, "failing", Map.of())) {
            span.failed("STORE_UNAVAILABLE", new IllegalStateException("not today"));
        }

        assertThat(only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(only().getStatus().getDescription()).isEqualTo("STORE_UNAVAILABLE");
        assertThat(attribute(only(), "error.type")).isEqualTo("STORE_UNAVAILABLE");
        assertThat(only().getEvents()).extracting(event -> event.getName()).containsExactly("exception");
    }

    @Test
    void aCallMustTellFunctionPoolAndWorker() {
        Step step = tracer.begin(CallTracer.Kind.CALL, "default", "qa.ask");
        assertThat(step.carrier()).containsOnlyKeys("traceparent");
        step.end(new WorkerIdentity("default-1", 4711), ErrorCode.PYTHON_RAISED);

        assertThat(only().getName()).isEqualTo("python.call qa.ask");
        assertThat(only().getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(attribute(only(), "serpentry.pool")).isEqualTo("default");
        assertThat(attribute(only(), "serpentry.function")).isEqualTo("qa.ask");
        assertThat(attribute(only(), "serpentry.worker")).isEqualTo("default-1");
        assertThat(attribute(only(), "error.type")).isEqualTo("PYTHON_RAISED");
    }

    @Test
    void waitsAndCallbacksMustOnlyBeInsideOfSomething() {
        tracer.begin(CallTracer.Kind.WAIT, "default", "default").end(null, null);
        assertThat(TELEMETRY.getSpans()).isEmpty();

        Step call = tracer.begin(CallTracer.Kind.CALL, "default", "qa.ask");
        tracer.begin(CallTracer.Kind.CALLBACK, "default", "books.row").end(null, null);
        call.end(null, null);

        assertThat(TELEMETRY.getSpans())
                .extracting(SpanData::getName)
                .containsExactly("python.callback books.row", "python.call qa.ask");
        assertThat(TELEMETRY.getSpans().get(0).getParentSpanId())
                .isEqualTo(TELEMETRY.getSpans().get(1).getSpanId());
    }
}
