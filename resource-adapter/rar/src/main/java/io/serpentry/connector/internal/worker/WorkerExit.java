// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import org.jspecify.annotations.Nullable;

/**
 * How a worker ended.
 *
 * @param how for a person: {@code killed by SIGSEGV}, {@code exited with status 3}
 * @param signalName null if it exited by itself
 * @param stderr the end of what it wrote on standard error, empty if nothing
 * @param dump the Python stacks that faulthandler wrote, empty if none
 */
public record WorkerExit(String how, @Nullable String signalName, String stderr, String dump) {

    static WorkerExit of(ControlMessage report, boolean ordered) {
        String signalName = report.text("signalName");
        String how = signalName == null
                ? "exited with status " + report.number("exitCode", -1)
                : "killed by " + signalName + hint(signalName, ordered);
        return new WorkerExit(how, signalName, report.text("stderr", ""), report.text("dump", ""));
    }

    /** The fork server died, and the kernel ended its workers with it. */
    static WorkerExit withZygote(String cause) {
        return new WorkerExit("ended with its fork server (" + cause + ")", "SIGKILL", "", "");
    }

    private static String hint(String signalName, boolean ordered) {
        if (ordered) {
            return " on our order";
        }
        return switch (signalName) {
            case "SIGKILL" -> " (not on our order: out of memory, or somebody's kill -9)";
            case "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE" -> " (a crash in native code)";
            default -> "";
        };
    }
}
