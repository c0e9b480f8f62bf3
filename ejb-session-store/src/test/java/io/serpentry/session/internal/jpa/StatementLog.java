// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Notes what is executed on the connections of a data source. */
final class StatementLog {

    private final Queue<Executed> executed = new ConcurrentLinkedQueue<>();

    /** A statement, and the values of its parameters in their order. */
    record Executed(String sql, List<Object> values) {

        /** Executes it with that text before it. */
        PreparedStatement prepared(Connection connection, String prefix) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(prefix + sql);
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            return statement;
        }
    }

    /** What was executed meanwhile, by whomever. */
    List<Executed> during(Runnable work) {
        executed.clear();
        work.run();
        return List.copyOf(executed);
    }

    DataSource of(DataSource source) {
        return proxy(DataSource.class, (proxy, method, arguments) -> {
            Object result = invoked(source, method, arguments);
            return result instanceof Connection connection ? noted(connection) : result;
        });
    }

    private Connection noted(Connection connection) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Object result = invoked(connection, method, arguments);
            if (result instanceof PreparedStatement prepared) {
                return noted(prepared, (String) arguments[0]);
            }
            return result instanceof Statement statement ? noted(statement) : result;
        });
    }

    private PreparedStatement noted(PreparedStatement statement, String sql) {
        TreeMap<Integer, Object> values = new TreeMap<>();
        return proxy(PreparedStatement.class, (proxy, method, arguments) -> {
            if (method.getName().startsWith("execute")) {
                executed.add(new Executed(sql, List.copyOf(values.values())));
            } else if (method.getName().startsWith("set") && arguments.length > 1) {
                values.put((Integer) arguments[0], arguments[1]);
            }
            return invoked(statement, method, arguments);
        });
    }

    private Statement noted(Statement statement) {
        return proxy(Statement.class, (proxy, method, arguments) -> {
            if (method.getName().startsWith("execute")) {
                executed.add(new Executed((String) arguments[0], List.of()));
            }
            return invoked(statement, method, arguments);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object invoked(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
