// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one server that all of them share; it is stopped after the last test class. */
public final class SharedServer implements ParameterResolver {

    private static final int OFFSET = 4100;

    /** Closed by JUnit with its root store. */
    private record Held(RunningServer server) implements AutoCloseable {
        @Override
        public void close() {
            server.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(SharedServer.class, key -> start(), Held.class)
                .server();
    }

    private static Held start() {
        try {
            return new Held(RunningServer.start(OFFSET));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
