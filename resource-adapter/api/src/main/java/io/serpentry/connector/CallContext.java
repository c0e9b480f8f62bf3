// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import jakarta.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes part in one call: sends something along, answers what Python asks for while the call runs, and gets what comes back
 * with the result. All methods are called on the thread that makes the call, in its transaction and security context.
 */
public interface CallContext {

    /**
     * What goes along; asked once, before the call is sent.
     *
     * @param worker the worker that will serve the call
     */
    @Nullable
    ContextBlock outgoing(WorkerIdentity worker);

    /**
     * Answers a question that is not for a method of the application.
     *
     * @param question its member {@code service} says what it is about
     * @throws PythonException to be raised in Python, code, text and context as they are
     */
    HostAnswer serve(JsonObject question, List<ByteBuffer> attachments);

    /**
     * Python calls a method of the application, which {@link #serve} is not asked for; told before the method runs. From then on
     * the call has perhaps done more than its result tells.
     */
    default void hostCalled() {}

    /** The call has succeeded; null if nothing came back with the result. What it throws, the caller of the call gets. */
    void incoming(@Nullable ContextBlock block);

    /**
     * The transaction in which the call has left hooks is over, and they have been run, as far as they could. What it throws is
     * logged.
     *
     * @param done which of the hooks that the server was asked to note have returned; empty also if the worker was lost
     */
    default void hooksRun(List<String> done) {}
}
