// SPDX-License-Identifier: Apache-2.0
package io.serpentry.tracing;

import java.util.Map;

/** The spans of this server, for whoever is not injected: none until the server has said by what it traces, and if it does not. */
public final class ServerSpans implements Spans {

    private static final ServerSpans SPANS = new ServerSpans();

    private volatile Spans made = NONE;

    private ServerSpans() {}

    public static ServerSpans get() {
        return SPANS;
    }

    /** Makes spans in that way from now on. */
    public void by(Spans others) {
        made = others;
    }

    @Override
    public ActiveSpan begin(Kind kind, String name, Map<String, String> attributes) {
        return made.begin(kind, name, attributes);
    }

    @Override
    public ActiveSpan beginWithin(Kind kind, String name, Map<String, String> attributes) {
        return made.beginWithin(kind, name, attributes);
    }

    @Override
    public String traceId() {
        return made.traceId();
    }
}
