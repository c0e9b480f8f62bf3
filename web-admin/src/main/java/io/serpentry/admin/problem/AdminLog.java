// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.problem;

import static org.jboss.logging.Logger.Level.ERROR;
import static org.jboss.logging.Logger.Level.INFO;
import static org.jboss.logging.Logger.Level.WARN;

import io.serpentry.audit.AuditNote;
import io.serpentry.session.ArchiveProblem;
import java.lang.invoke.MethodHandles;
import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;
import org.jboss.logging.annotations.ValidIdRange;

/** What the REST interface logs: SERP00400 to SERP00499. */
@MessageLogger(projectCode = "SERP", length = 5)
@ValidIdRange(min = 400, max = 499)
public interface AdminLog extends BasicLogger {

    AdminLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), AdminLog.class, "io.serpentry.admin");

    @LogMessage(level = ERROR)
    @Message(id = 400, value = "%s %s failed; the client was told %s, trace %s")
    void requestFailed(@Cause Throwable cause, String method, String path, String instance, String traceId);

    @LogMessage(level = ERROR)
    @Message(
            id = 401,
            value = "An export was broken off after its first bytes were sent; its file has no last line, and no import"
                    + " takes it")
    void exportBrokenOff(@Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 402, value = "An export of %s sessions is not all there is; problems: %s, the first: %s")
    void exportHasProblems(long sessions, long problems, ArchiveProblem first);

    @LogMessage(level = ERROR)
    @Message(id = 403, value = "This was done, and is not in the audit, since the database can not be reached: %s")
    void notInTheAudit(AuditNote note, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(
            id = 404,
            value =
                    "A request with the Idempotency-Key %s of %s was done, but that could not be noted; it is answered with"
                            + " 409 if it is sent again")
    void answerNotRemembered(String key, String principal, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(
            id = 405,
            value =
                    "The answer to a request with the Idempotency-Key %s of %s is too long to be remembered (%s characters);"
                            + " the request is answered with 409 if it is sent again")
    void answerTooLong(String key, String principal, int length);

    @LogMessage(level = INFO)
    @Message(
            id = 410,
            value =
                    "A listener to events was too slow and is cut off: it was sent those up to %d, and the log is at %d;"
                            + " it can go on where it was")
    void slowListener(long seen, long last);

    @LogMessage(level = WARN)
    @Message(
            id = 411,
            value =
                    "A listener to events could not be served and is cut off; it can go on where it was when it connects"
                            + " again")
    void listenerFailed(@Cause Throwable cause);

    @LogMessage(level = ERROR)
    @Message(id = 412, value = "Events could not be sent to those who listen; it is tried again within a second")
    void roundFailed(@Cause Throwable cause);
}
