// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.io.Serializable;
import java.util.List;

/**
 * The Python side of an error.
 *
 * @param type the exception's class, {@code ValueError} or {@code hello.ClaimRejected}; empty where there was none
 * @param message what the exception said
 * @param traceback the traceback as Python prints it, at most 64 KiB
 * @param frames outermost first
 */
public record PythonTrace(String type, String message, String traceback, List<PythonFrame> frames)
        implements Serializable {
    public PythonTrace {
        frames = List.copyOf(frames);
    }
}
