// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import jakarta.resource.Referenceable;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every pool of the resource adapter. Bound at {@code java:/eis/PythonPools}; also injectable. Safe for use by any number of
 * threads.
 */
public interface PythonPools extends Serializable, Referenceable {

    /** The pools in the order of their names. */
    List<PythonPool> list();

    /** The pool of that name, or empty. */
    Optional<PythonPool> find(String name);

    /**
     * The pool of that name.
     *
     * @throws InvalidArgumentException if there is none; the message names those that there are
     */
    default PythonPool require(String name) {
        return find(name).orElseThrow(() -> {
            String known = list().stream().map(PythonPool::name).collect(Collectors.joining(", "));
            return PythonException.of(
                    ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, "there is no pool '" + name + "'; there are: " + known));
        });
    }

    /**
     * Tells a listener from now on what happens in all pools, also in those that come later. The reference to it is weak: it
     * hears as long as somebody else keeps it, so keep it in a field. Does nothing if it is registered already.
     */
    void addListener(PoolListener listener);

    /** Tells a listener no more, but for what is being told at this moment. Does nothing if it is not registered. */
    void removeListener(PoolListener listener);

    /**
     * Lets a tracer follow what is done in all pools from now on, instead of the one before. As with listeners, the
     * reference to it is weak. What is being done at this moment stays with the tracer it began with.
     */
    void traceWith(CallTracer tracer);
}
