// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import jakarta.annotation.Resource;
import jakarta.ejb.Stateless;

/** An application's EJB that calls Python. */
@Stateless
public class Greeter {

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    public String greet(String name) {
        try (PythonConnection connection = python.getConnection()) {
            return connection.call("hello.greet").argument("name", name).returning(String.class);
        }
    }
}
