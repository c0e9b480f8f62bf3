// SPDX-License-Identifier: Apache-2.0
package io.serpentry.tracing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans, the steps of a trace. One that begins is a child of the one that its thread is in, until it is closed, on the
 * same thread; between the two its ids are in the thread's {@linkplain LogContext log context}. Safe for use by any number of
 * threads.
 */
public interface Spans {

    /** While nothing is traced. */
    Spans NONE = new Spans() {
        @Override
        public ActiveSpan begin(Kind kind, String name, Map<String, String> attributes) {
            return ActiveSpan.NONE;
        }

        @Override
        public ActiveSpan beginWithin(Kind kind, String name, Map<String, String> attributes) {
            return ActiveSpan.NONE;
        }

        @Override
        public String traceId() {
            return "";
        }
    };

    /** What a span is, seen from this server. */
    enum Kind {
        INTERNAL,
        /** It waits for another process. */
        CLIENT
    }

    /** A span begins: the first of a trace, if its thread is in none. */
    ActiveSpan begin(Kind kind, String name, Map<String, String> attributes);

    /** As {@link #begin}, but nothing begins if the thread is in no span. */
    ActiveSpan beginWithin(Kind kind, String name, Map<String, String> attributes);

    /** Of the span that the calling thread is in, 32 hexadecimal digits; empty if it is in none. */
    String traceId();

    /** A span that has begun. */
    interface ActiveSpan extends AutoCloseable {

        ActiveSpan NONE = new ActiveSpan() {
            @Override
            public Map<String, String> carrier() {
                return Map.of();
            }

            @Override
            public void note(String attribute, String value) {}

            @Override
            public void failed(String code, @Nullable Throwable cause) {}

            @Override
            public void close() {}
        };

        /** The headers of W3C Trace Context by which another process goes on with it; empty for none. */
        Map<String, String> carrier();

        void note(String attribute, String value);

        /** Marks it as failed. */
        void failed(String code, @Nullable Throwable cause);

        @Override
        void close();
    }
}
