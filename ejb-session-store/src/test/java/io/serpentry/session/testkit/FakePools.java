// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import io.serpentry.connector.CallTracer;
import io.serpentry.connector.PoolListener;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.naming.Reference;

/** Pools that a test has made. */
public final class FakePools implements PythonPools {

    private static final long serialVersionUID = 1;

    private final transient List<FakePool> pools = new CopyOnWriteArrayList<>();

    /** A new one with live workers of those ids. */
    public FakePool pool(String name, String... workers) {
        FakePool pool = new FakePool(name);
        for (String worker : workers) {
            pool.start(worker);
        }
        pools.add(pool);
        return pool;
    }

    public void remove(FakePool pool) {
        pools.remove(pool);
    }

    @Override
    public List<PythonPool> list() {
        return List.copyOf(pools);
    }

    @Override
    public Optional<PythonPool> find(String name) {
        return list().stream().filter(pool -> pool.name().equals(name)).findFirst();
    }

    @Override
    public void traceWith(CallTracer tracer) {
        throw new UnsupportedOperationException();
    }

    /** Nothing happens in these pools that it could be told. */
    @Override
    public void addListener(PoolListener listener) {}

    @Override
    public void removeListener(PoolListener listener) {}

    @Override
    public void setReference(Reference reference) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Reference getReference() {
        throw new UnsupportedOperationException();
    }
}
