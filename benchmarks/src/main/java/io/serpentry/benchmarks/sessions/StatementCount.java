// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;

/**
 * Counts what goes from a data source's users to the database: executions of prepared statements, a batch as one, and ends of
 * transactions. Their beginnings do not count: PostgreSQL's driver sends them along with the first statement.
 */
final class StatementCount {

    private final LongAdder count = new LongAdder();

    long total() {
        return count.sum();
    }

    /** The same data source; what is done through this one is counted. */
    DataSource counted(DataSource source) {
        return proxy(DataSource.class, (self, method, arguments) -> {
            Object result = invoke(source, method, arguments);
            return result instanceof Connection connection ? counted(connection) : result;
        });
    }

    private Connection counted(Connection connection) {
        return proxy(Connection.class, (self, method, arguments) -> {
            if (method.getName().equals("commit") || method.getName().equals("rollback")) {
                count.increment();
            }
            Object result = invoke(connection, method, arguments);
            return result instanceof PreparedStatement statement ? counted(statement) : result;
        });
    }

    private PreparedStatement counted(PreparedStatement statement) {
        return proxy(PreparedStatement.class, (self, method, arguments) -> {
            if (method.getName().startsWith("execute")) {
                count.increment();
            }
            return invoke(statement, method, arguments);
        });
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(StatementCount.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
