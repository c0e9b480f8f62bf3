// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import org.jspecify.annotations.Nullable;

/** The product as an application uses it, with one connection for all calls or one for each. */
final class ConnectionEcho implements Echo {

    private final PythonConnectionFactory python;
    private final @Nullable PythonConnection held;
    private final String function;
    private final Object value;
    private final Class<?> type;

    ConnectionEcho(PythonConnectionFactory python, Payload payload, boolean hold) {
        this.python = python;
        this.held = hold ? python.getConnection() : null;
        this.function = payload.isText() ? "echo.text" : "echo.data";
        this.value = payload.value();
        this.type = payload.isText() ? String.class : byte[].class;
    }

    @Override
    public Object exchange() {
        if (held != null) {
            return call(held);
        }
        try (PythonConnection connection = python.getConnection()) {
            return call(connection);
        }
    }

    private Object call(PythonConnection connection) {
        Object answer = connection.call(function).argument("payload", value).returning(type);
        if (answer == null) {
            throw new IllegalStateException(function + " gave null");
        }
        return answer;
    }

    @Override
    public void close() {
        if (held != null) {
            held.close();
        }
    }
}
