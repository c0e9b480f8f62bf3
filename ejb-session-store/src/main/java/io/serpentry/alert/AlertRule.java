// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert;

import java.time.Duration;

/** What is watched. An alert is raised when the figure has been over the threshold for some time. */
public enum AlertRule {
    /** Seconds that 99 of 100 calls of a pool stayed below, within the window. */
    CALL_P99("callP99", Scope.SERVER, 30, Duration.ofMinutes(5), "%s s is the 99th percentile of calls in pool %s"),
    /** The share of a pool's calls, within the window, that failed by a fault of Python, worker or server; 0 to 1. */
    ERROR_RATIO("errorRatio", Scope.SERVER, 0.1, Duration.ofMinutes(5), "%s of the calls in pool %s fail"),
    /** Conflicts of calls that changed the same session, per minute. */
    CONFLICTS("conflicts", Scope.SERVER, 60, Duration.ofMinutes(5), "%s conflicts in sessions per minute"),
    /** Sessions that have expired and are not swept yet. */
    SWEEP_BACKLOG("sweepBacklog", Scope.STORE, 10_000, Duration.ofMinutes(10), "%s expired sessions are not swept yet"),
    /** Entries that can not be read. */
    CORRUPTION("corruption", Scope.STORE, 0, Duration.ZERO, "%s entries of sessions can not be read"),
    /** 1 while calls do not reach the store of sessions. */
    CIRCUIT("circuit", Scope.SERVER, 0, Duration.ZERO, "the session store can not be reached (%s)"),
    /** Bytes of the largest worker of a pool. */
    WORKER_MEMORY(
            "workerMemory", Scope.SERVER, 2L << 30, Duration.ofMinutes(5), "%s bytes are in one worker of pool %s"),
    /** Workers of a pool, per minute, that replaced one that was lost or had to be killed. */
    WORKER_RESTARTS(
            "workerRestarts", Scope.SERVER, 5, Duration.ofMinutes(2), "%s workers per minute are restarted in pool %s"),
    /** Threads that wait for a connection of a pool. */
    POOL_WAITING("poolWaiting", Scope.SERVER, 10, Duration.ofMinutes(1), "%s threads wait for a worker of pool %s"),
    /** 1 while a pool can start no worker and none lives. */
    POOL_DOWN("poolDown", Scope.SERVER, 0, Duration.ofMinutes(1), "pool %2$s can start no worker (%1$s)");

    /** Whose figure it is. */
    public enum Scope {
        /** Each server has its own. */
        SERVER,
        /** All servers on one database have it together: it is raised once. */
        STORE
    }

    private final String key;
    private final Scope scope;
    private final double threshold;
    private final Duration wait;
    private final String text;

    AlertRule(String key, Scope scope, double threshold, Duration wait, String text) {
        this.key = key;
        this.scope = scope;
        this.threshold = threshold;
        this.wait = wait;
        this.text = text;
    }

    /** As configuration, REST and metrics name it: {@code callP99}. */
    public String key() {
        return key;
    }

    public Scope scope() {
        return scope;
    }

    /** The figure has to be over it, unless another is configured. */
    public double defaultThreshold() {
        return threshold;
    }

    /** For how long, unless configured otherwise; zero: one look is enough. */
    public Duration defaultFor() {
        return wait;
    }

    /** What is wrong, for a person. */
    String describe(double value, String subject) {
        String number = value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        return String.format(text, number, subject);
    }
}
