// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.jboss.logging.Logger.Level.DEBUG;
import static org.jboss.logging.Logger.Level.ERROR;
import static org.jboss.logging.Logger.Level.INFO;
import static org.jboss.logging.Logger.Level.WARN;

import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** What the resource adapter tells the log about processes. Ids 100 to 199. */
@MessageLogger(projectCode = "SERP", length = 5)
public interface WorkerLog extends BasicLogger {

    WorkerLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), WorkerLog.class, "io.serpentry.worker");

    /** The category under which the output of the Python processes is logged. */
    Logger OUTPUT = Logger.getLogger("io.serpentry.python");

    @LogMessage(level = INFO)
    @Message(id = 100, value = "Pool %s: fork server started, pid %d, generation %d, Python %s, start by %s")
    void zygoteReady(String pool, long pid, int generation, String python, String start);

    @LogMessage(level = WARN)
    @Message(id = 101, value = "Pool %s: workers are spawned, not forked: %s")
    void spawnFallback(String pool, String reason);

    @LogMessage(level = WARN)
    @Message(id = 102, value = "Pool %s: fork server %d is gone (%s); its workers are replaced on demand")
    void zygoteLost(String pool, long pid, String cause);

    @LogMessage(level = WARN)
    @Message(id = 103, value = "Pool %s: fork server %d did not acknowledge an order within %d ms and is killed")
    void zygoteSilent(String pool, long pid, long millis);

    @LogMessage(level = DEBUG)
    @Message(id = 104, value = "Worker %s is live, pid %d, %d ms after the order")
    void workerLive(String worker, long pid, long millis);

    @LogMessage(level = WARN)
    @Message(id = 105, value = "Worker %s (pid %d) is lost: %s")
    void workerLost(String worker, long pid, String how);

    @LogMessage(level = DEBUG)
    @Message(id = 106, value = "Worker %s (pid %d) has ended: %s")
    void workerEnded(String worker, long pid, String how);

    @LogMessage(level = WARN)
    @Message(id = 107, value = "Worker %s (pid %d): %s; it is being ended")
    void workerStopping(String worker, long pid, String why);

    @LogMessage(level = INFO)
    @Message(id = 108, value = "Worker %s: %s")
    void rung(String worker, String rung);

    @LogMessage(level = ERROR)
    @Message(id = 109, value = "Pool %s: no worker could be started (attempt %d, next at %s): %s")
    void startFailed(String pool, int attempts, String retryAt, String message);

    @LogMessage(level = WARN)
    @Message(id = 110, value = "A deadline's action failed")
    void deadlineFailed(@Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 111, value = "The container's timer is gone; deadlines are no longer watched")
    void timerIsGone(@Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 112, value = "Pool %s: an unexpected message from the fork server: %s")
    void unexpectedReport(String pool, String what);

    @LogMessage(level = WARN)
    @Message(id = 113, value = "%s could not be removed")
    void notRemoved(Path path, @Cause Throwable cause);

    @LogMessage(level = INFO)
    @Message(id = 114, value = "Removed %s, left behind by a server that is gone")
    void removedStale(Path path);

    @LogMessage(level = DEBUG)
    @Message(id = 115, value = "Could not ask worker %s to finish; the ladder follows")
    void byeFailed(String worker, @Cause Throwable cause);

    @LogMessage(level = ERROR)
    @Message(
            id = 116,
            value = "The Python hooks of a transaction did not run as they should after its %s; they are not run again")
    void hooksFailed(String outcome, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 117, value = "Notes of Python hooks that have run could not be removed; they seem not to have run")
    void notesNotRemoved(@Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 120, value = "Pool %s: a worker is to be replaced, but no other could be started, so it goes on: %s")
    void notReplaced(String pool, String why);

    @LogMessage(level = INFO)
    @Message(id = 121, value = "Worker %s was replaced by worker %s (it was %s)")
    void replaced(String old, String fresh, Object standing);

    @LogMessage(level = WARN)
    @Message(id = 122, value = "Pool %s: workers can not be taken care of now")
    void careFailed(String pool, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 123, value = "A listener of pools (%s) has failed; nobody else noticed")
    void listenerFailed(String listener, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 124, value = "The tracer has failed; what was done goes on without it")
    void tracerFailed(@Cause Throwable cause);
}
