// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.internal.wire.Frame;

/** Answers a HOST_CALL, on the thread that waits for the call. */
@FunctionalInterface
public interface HostCallHandler {

    /** HOST_RESULT or ERROR, with the request id of the question, within the size limit. Throws nothing but errors of the JVM. */
    Frame serve(Frame question);
}
