// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.PoolListener;
import java.lang.ref.WeakReference;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Who hears what happens in the pools. It keeps no listener alive, so no application either. Safe for use by any number of
 * threads; nobody may tell anything under a lock.
 */
public final class PoolListeners {

    private final CopyOnWriteArrayList<WeakReference<PoolListener>> listeners = new CopyOnWriteArrayList<>();
    private final CallTracing tracing = new CallTracing();

    public void add(PoolListener listener) {
        remove(listener);
        listeners.add(new WeakReference<>(listener));
    }

    /** Does nothing if it is not there. Those that are gone go with it. */
    public void remove(PoolListener listener) {
        listeners.removeIf(known -> known.refersTo(listener) || known.refersTo(null));
    }

    /** Who follows the calls. */
    public CallTracing tracing() {
        return tracing;
    }

    /** Whether there is nobody to be told. */
    public boolean isEmpty() {
        return listeners.isEmpty();
    }

    /** Tells each of them; what one throws is logged. */
    public void tell(Consumer<PoolListener> event) {
        for (WeakReference<PoolListener> known : listeners) {
            PoolListener listener = known.get();
            if (listener != null) {
                tell(listener, event);
            }
        }
    }

    private static void tell(PoolListener listener, Consumer<PoolListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException | LinkageError e) {
            // Also the classes of an application that is being undeployed: the call must not suffer from it.
            WorkerLog.LOG.listenerFailed(listener.getClass().getName(), e);
        }
    }
}
