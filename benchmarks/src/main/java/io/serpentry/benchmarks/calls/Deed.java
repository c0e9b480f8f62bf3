// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.calls;

/** What is measured, under its name in the report. */
record Deed(String name, Step prepare, Step step) {

    /** One step; its exception ends the measurement. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    static Deed of(String name, Step step) {
        return new Deed(name, () -> {}, step);
    }

    /** @param prepare what comes before each step and is not measured */
    static Deed prepared(String name, Step prepare, Step step) {
        return new Deed(name, prepare, step);
    }
}
