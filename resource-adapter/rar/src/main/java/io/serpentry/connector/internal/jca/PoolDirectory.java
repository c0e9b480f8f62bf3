// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.CallTracer;
import io.serpentry.connector.PoolListener;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.internal.worker.PoolListeners;
import jakarta.resource.spi.AdministeredObject;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterAssociation;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.naming.Reference;
import org.jspecify.annotations.Nullable;

/** The directory of pools, bound in JNDI as an administered object. */
@AdministeredObject(adminObjectInterfaces = PythonPools.class)
public class PoolDirectory implements PythonPools, ResourceAdapterAssociation {

    private static final long serialVersionUID = 1L;

    private @Nullable PythonResourceAdapter adapter;
    private @Nullable Reference reference;

    @Override
    public List<PythonPool> list() {
        return adapter == null ? List.of() : List.copyOf(adapter.pools());
    }

    @Override
    public Optional<PythonPool> find(String name) {
        return adapter == null ? Optional.empty() : Optional.ofNullable(adapter.pool(name));
    }

    @Override
    public void addListener(PoolListener listener) {
        listeners().add(listener);
    }

    @Override
    public void removeListener(PoolListener listener) {
        listeners().remove(listener);
    }

    @Override
    public void traceWith(CallTracer tracer) {
        listeners().tracing().traceWith(tracer);
    }

    private PoolListeners listeners() {
        return Objects.requireNonNull(adapter, "the container has not associated the directory yet")
                .listeners();
    }

    @Override
    public @Nullable ResourceAdapter getResourceAdapter() {
        return adapter;
    }

    @Override
    public void setResourceAdapter(@Nullable ResourceAdapter resourceAdapter) {
        adapter = (PythonResourceAdapter) resourceAdapter;
    }

    @Override
    public void setReference(Reference reference) {
        this.reference = reference;
    }

    @Override
    public @Nullable Reference getReference() {
        return reference;
    }
}
