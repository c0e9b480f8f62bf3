// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.soak;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.cdi.PythonCallable;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;

/** What Python calls during the soak test. Each method gives the token back. */
@ApplicationScoped
public class SoakCallbacks {

    @Resource(lookup = "java:/eis/Soak")
    PythonConnectionFactory python;

    @PythonCallable("soak.plain")
    public String plain(String token) {
        return token;
    }

    /** By way of another call of Python: without a transaction on another worker, else on the same. */
    @PythonCallable("soak.nested")
    public String nested(String token) {
        try (PythonConnection connection = python.getConnection()) {
            return connection.call("probe.echo").argument("value", token).returning(String.class);
        }
    }

    /** By way of that many more calls that ask for it again. */
    @PythonCallable("soak.descend")
    public String descend(String token, int left) {
        if (left == 0) {
            return token;
        }
        try (PythonConnection connection = python.getConnection()) {
            return connection
                    .call("notebook.ask")
                    .argument("name", "soak.descend")
                    .argument("arguments", Map.of("token", token, "left", left - 1))
                    .returning(String.class);
        }
    }
}
