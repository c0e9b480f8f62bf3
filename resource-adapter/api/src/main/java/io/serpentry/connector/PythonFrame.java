// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.io.Serializable;

/** One line of a Python traceback. */
public record PythonFrame(String file, int line, String function, String module) implements Serializable {

    /** The same frame as Java prints it: {@code hello.greet(hello.py:12)}. */
    public StackTraceElement toStackTraceElement() {
        String name = file.substring(file.lastIndexOf('/') + 1);
        return new StackTraceElement(module, function, name, line);
    }
}
