// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.CallTracer;
import io.serpentry.connector.CallTracer.Kind;
import io.serpentry.connector.CallTracer.Step;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.WorkerIdentity;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Steps are told to the tracer, whatever it does. */
@Tag("core")
class CallTracingTest {

    private static final Map<String, String> CARRIER = Map.of("traceparent", "00-a-b-01");

    private final CallTracing tracing = new CallTracing();
    private final List<String> told = new ArrayList<>();

    /** Notes what it is told; fails where it shall. */
    private final class Notes implements CallTracer {
        private final String failing;

        Notes(String failing) {
            this.failing = failing;
        }

        private void note(String what, String text) {
            told.add(what + " " + text);
            if (what.equals(failing)) {
                throw new IllegalStateException("not today");
            }
        }

        @Override
        public Step begin(Kind kind, String pool, String name) {
            note("begin", kind + " " + pool + " " + name);
            return new Step() {
                @Override
                public Map<String, String> carrier() {
                    note("carrier", name);
                    return CARRIER;
                }

                @Override
                public void end(WorkerIdentity worker, ErrorCode failure) {
                    note("end", worker + " " + failure);
                }
            };
        }
    }

    private Map<String, String> steps() {
        Step step = tracing.begin(Kind.CALL, "default", "qa.ask");
        Map<String, String> carrier = step.carrier();
        step.end(new WorkerIdentity("default-1", 1), ErrorCode.CALL_TIMEOUT);
        return carrier;
    }

    @Test
    void withoutATracerStepsMustGoNowhere() {
        assertThat(steps()).isEmpty();
    }

    @Test
    void aStepMustBeToldFromItsBeginningToItsEnd() {
        CallTracer tracer = new Notes("");
        tracing.traceWith(tracer);

        assertThat(steps()).isEqualTo(CARRIER);
        assertThat(told)
                .containsExactly("begin CALL default qa.ask", "carrier qa.ask", "end default-1 (pid 1) CALL_TIMEOUT");
        assertThat(tracer).isNotNull();
    }

    @Test
    void whatTheTracerThrowsMustReachNobody() {
        for (String failing : List.of("begin", "carrier", "end")) {
            CallTracer tracer = new Notes(failing);
            tracing.traceWith(tracer);
            assertThat(steps()).isEqualTo(failing.equals("end") ? CARRIER : Map.of());
            assertThat(tracer).isNotNull();
        }
        assertThat(told).hasSize(1 + 3 + 3);
    }

    @Test
    void aTracerThatNobodyKeepsMustBeForgotten() {
        WeakReference<CallTracer> forgotten = new WeakReference<>(new Notes(""));
        tracing.traceWith(forgotten.get());

        Await.until("it is collected", () -> {
            System.gc();
            return forgotten.refersTo(null);
        });

        assertThat(steps()).isEmpty();
        assertThat(told).isEmpty();
    }
}
