// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

/** One way to send a payload to Python and to get it back. For one thread. */
public interface Echo extends AutoCloseable {

    /** Sends the payload and gives what came back: bytes, text, or a buffer that the next exchange uses again. */
    Object exchange() throws Exception;

    @Override
    void close() throws Exception;
}
