// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows what callers do, each step from its beginning to its end, as a trace does; {@link PythonPools#traceWith} registers
 * one.
 *
 * <p>It is called by the caller's own thread, outside of every lock, in the caller's transaction. Steps are nested: one that
 * begins inside of another ends before it, on the same thread. What a tracer throws is logged, and the step goes on
 * untraced.
 */
public interface CallTracer {

    /** What is done in a step. */
    enum Kind {
        /** Somebody asks for a connection. The name is the pool's. */
        WAIT,
        /** A function is called, or the hooks of a transaction are run. The name says which: {@code qa.ask}. */
        CALL,
        /** Python calls a method of the application, inside of a CALL. The name is the one Python used. */
        CALLBACK
    }

    /**
     * A step begins.
     *
     * @return null if it is not followed
     */
    @Nullable
    Step begin(Kind kind, String pool, String name);

    /** A step that is being followed. */
    interface Step {

        /**
         * What Python is given so that it can go on with the trace: the headers of W3C Trace Context, {@code traceparent}
         * first of all. Asked for once, and of a CALL only; empty if there is nothing to go on with.
         */
        Map<String, String> carrier();

        /**
         * The step has ended, in any way.
         *
         * @param worker who served it; null of a WAIT and of what was refused before
         * @param failure null if it was done; HOST_RAISED if the application's method threw what is no PythonException
         */
        void end(@Nullable WorkerIdentity worker, @Nullable ErrorCode failure);
    }
}
