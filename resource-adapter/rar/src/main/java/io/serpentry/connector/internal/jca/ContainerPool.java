// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.internal.worker.WorkerLog;
import jakarta.resource.spi.ConnectionManager;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of the container's pool. Jakarta Connectors has no way to ask for them, so this asks IronJacamar by reflection;
 * in another container they are unknown (-1).
 */
final class ContainerPool {

    static final int UNKNOWN = -1;

    private final @Nullable Object configuration;

    ContainerPool(ConnectionManager container) {
        this.configuration = configurationOf(container);
    }

    int min() {
        return number("getMinSize");
    }

    int max() {
        return number("getMaxSize");
    }

    int blockingTimeoutMillis() {
        return number("getBlockingTimeout");
    }

    private static @Nullable Object configurationOf(ConnectionManager container) {
        try {
            Object pool = container.getClass().getMethod("getPool").invoke(container);
            return pool == null
                    ? null
                    : find(pool.getClass(), "getPoolConfiguration").invoke(pool);
        } catch (ReflectiveOperationException | RuntimeException e) {
            WorkerLog.LOG.debug("the container does not tell its pool's sizes", e);
            return null;
        }
    }

    private static Method find(Class<?> type, String name) throws NoSuchMethodException {
        for (Class<?> current = type; current != null; current = current.getSuperclass()) {
            for (Method method : current.getDeclaredMethods()) {
                if (method.getName().equals(name) && method.getParameterCount() == 0) {
                    method.setAccessible(true);
                    return method;
                }
            }
        }
        throw new NoSuchMethodException(type.getName() + "." + name);
    }

    private int number(String getter) {
        if (configuration == null) {
            return UNKNOWN;
        }
        try {
            Object value = configuration.getClass().getMethod(getter).invoke(configuration);
            return value instanceof Number number ? number.intValue() : UNKNOWN;
        } catch (ReflectiveOperationException e) {
            WorkerLog.LOG.debugf(e, "the container's pool has no %s", getter);
            return UNKNOWN;
        }
    }
}
