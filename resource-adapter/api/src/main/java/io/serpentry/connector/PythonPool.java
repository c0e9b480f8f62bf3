// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.util.List;
import java.util.Map;

/** A named pool of Python workers, to look at. Each method gives a snapshot and may be called by any thread. */
public interface PythonPool {

    /** The pool's name, unique in the server; {@code default} unless configured. */
    String name();

    PoolStatistics statistics();

    PoolHealth health();

    /** The workers that live, oldest first. */
    List<WorkerStatus> workers();

    /** The effective settings, by the name of the configuration property; secrets are not among them. */
    Map<String, String> settings();

    /**
     * The factory whose connections this pool serves.
     *
     * @throws ConnectionStateException if the container has not made one yet
     */
    PythonConnectionFactory connectionFactory();
}
