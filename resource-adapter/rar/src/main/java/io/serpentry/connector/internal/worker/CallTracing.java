// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.CallTracer;
import io.serpentry.connector.CallTracer.Kind;
import io.serpentry.connector.CallTracer.Step;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.WorkerIdentity;
import java.lang.ref.WeakReference;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tracer of the pools, if there is one: it is not kept alive, and whatever it throws, calls go on. Safe for use by any
 * number of threads.
 */
public final class CallTracing {

    private static final Step UNTRACED = new Step() {
        @Override
        public Map<String, String> carrier() {
            return Map.of();
        }

        @Override
        public void end(@Nullable WorkerIdentity worker, @Nullable ErrorCode failure) {}
    };

    private volatile WeakReference<@Nullable CallTracer> tracer = new WeakReference<>(null);

    public void traceWith(CallTracer newTracer) {
        tracer = new WeakReference<>(newTracer);
    }

    /** A step begins; it is never null, and throws nothing. */
    public Step begin(Kind kind, String pool, String name) {
        CallTracer known = tracer.get();
        if (known == null) {
            return UNTRACED;
        }
        try {
            Step step = known.begin(kind, pool, name);
            return step == null ? UNTRACED : new Harmless(step);
        } catch (RuntimeException | LinkageError e) {
            return failed(e);
        }
    }

    private static Step failed(Throwable e) {
        // Also the classes of an application that is being undeployed.
        WorkerLog.LOG.tracerFailed(e);
        return UNTRACED;
    }

    private record Harmless(Step step) implements Step {

        @Override
        public Map<String, String> carrier() {
            try {
                return step.carrier();
            } catch (RuntimeException | LinkageError e) {
                return failed(e).carrier();
            }
        }

        @Override
        public void end(@Nullable WorkerIdentity worker, @Nullable ErrorCode failure) {
            try {
                step.end(worker, failure);
            } catch (RuntimeException | LinkageError e) {
                failed(e);
            }
        }
    }
}
