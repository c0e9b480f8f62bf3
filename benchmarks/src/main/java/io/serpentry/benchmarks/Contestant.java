// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks;

/** A way to echo under the name it has in the report. */
public record Contestant(String name, Opener opener) {

    /** Makes an echo of one payload. */
    public interface Opener {
        Echo open(Payload payload) throws Exception;
    }
}
