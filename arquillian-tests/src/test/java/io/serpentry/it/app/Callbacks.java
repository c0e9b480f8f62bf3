// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.cdi.PythonCallable;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** An application's methods that Python calls. */
@ApplicationScoped
public class Callbacks {

    /** What Python sends and gets. */
    public record Order(String id, int pieces, List<String> colours) {}

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @EJB
    Sales sales;

    /** Needs a transaction. */
    @PythonCallable("desk.sell")
    public void sell(String id) {
        sales.add(id);
    }

    @PythonCallable("desk.refuse")
    public void refuse(String text) {
        throw new IllegalArgumentException(text);
    }

    @PythonCallable("desk.double")
    public Order twice(Order order) {
        return new Order(order.id(), 2 * order.pieces(), order.colours());
    }

    @PythonCallable("desk.add")
    public int add(int left, int right) {
        return left + right;
    }

    @PythonCallable("desk.bounce")
    public byte[] bounce(byte[] data) {
        try (PythonConnection connection = python.getConnection()) {
            return connection.call("probe.bytes_of").argument("data", data).returning(byte[].class);
        }
    }

    @PythonCallable("desk.fail_in_python")
    public void failInPython(String text) {
        try (PythonConnection connection = python.getConnection()) {
            connection.call("probe.fail").argument("text", text).returning(Void.class);
        }
    }

    /** By its own name: the process id of the worker that a call from here reaches. */
    @PythonCallable
    public long pid() {
        try (PythonConnection connection = python.getConnection()) {
            return connection.call("probe.pid").returning(Long.class);
        }
    }

    /** Has Python ask for this that many times more; how often that was. */
    @PythonCallable("desk.descend")
    public int descend(int left) {
        if (left == 0) {
            return 0;
        }
        try (PythonConnection connection = python.getConnection()) {
            return 1
                    + connection
                            .call("notebook.ask")
                            .argument("name", "desk.descend")
                            .argument("arguments", Map.of("left", left - 1))
                            .returning(Integer.class);
        }
    }
}
