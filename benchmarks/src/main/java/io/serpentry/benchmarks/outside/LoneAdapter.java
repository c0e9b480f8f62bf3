// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.outside;

import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.internal.jca.PythonManagedConnectionFactory;
import io.serpentry.connector.internal.jca.PythonResourceAdapter;
import jakarta.resource.ResourceException;
import java.util.function.Consumer;

/** The whole resource adapter without a container; closing it ends all its processes. */
final class LoneAdapter implements AutoCloseable {

    private final LoneContext context = new LoneContext();
    private final PythonResourceAdapter adapter = new PythonResourceAdapter();

    LoneAdapter() throws ResourceException {
        adapter.start(context);
    }

    /** A pool that is none: each connection has a worker of its own, which ends with it. */
    PythonConnectionFactory factory(Consumer<PythonManagedConnectionFactory> settings) throws ResourceException {
        PythonManagedConnectionFactory managed = new PythonManagedConnectionFactory();
        settings.accept(managed);
        managed.setResourceAdapter(adapter);
        return (PythonConnectionFactory) managed.createConnectionFactory(new OneForEach());
    }

    @Override
    public void close() {
        adapter.stop();
        context.close();
    }
}
