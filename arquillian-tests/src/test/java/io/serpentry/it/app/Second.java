// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.cdi.PythonCallable;
import jakarta.enterprise.context.ApplicationScoped;

/** The other of two beans with a method of the same name for Python. */
@ApplicationScoped
public class Second {

    @PythonCallable("application.who")
    public String who() {
        return "second";
    }
}
