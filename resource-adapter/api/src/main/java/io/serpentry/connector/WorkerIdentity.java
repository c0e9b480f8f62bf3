// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector;

import java.io.Serializable;

/**
 * Which worker: {@code id} is unique within the server's life ({@code default-3}), {@code pid} is the operating system's.
 */
public record WorkerIdentity(String id, long pid) implements Serializable {
    @Override
    public String toString() {
        return id + " (pid " + pid + ")";
    }
}
