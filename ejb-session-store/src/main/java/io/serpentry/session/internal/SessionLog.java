// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import static org.jboss.logging.Logger.Level.ERROR;
import static org.jboss.logging.Logger.Level.INFO;
import static org.jboss.logging.Logger.Level.WARN;

import io.serpentry.audit.AuditNote;
import io.serpentry.placement.MigrationState;
import io.serpentry.session.EntryCorruptException;
import io.serpentry.session.KeptHook;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.StoreStatus;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** What the session store tells the log. Ids 300 to 399. */
@MessageLogger(projectCode = "SERP", length = 5)
public interface SessionLog extends BasicLogger {

    SessionLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), SessionLog.class, "io.serpentry.session");

    @LogMessage(level = INFO)
    @Message(id = 300, value = "Sessions are kept in %s (%s), schema version %s, %d scripts run")
    void database(String source, String product, String version, int scripts);

    @LogMessage(level = ERROR)
    @Message(id = 301, value = "The session database (%s) can not be reached; it is tried again when it is needed")
    void databaseUnreachable(String source, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 302, value = "An observer of announcement %d of an ended session has failed; it is asked again later")
    void observerFailed(long id, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 303, value = "The circuit of the session store is open: calls are refused at once for some seconds")
    void circuitOpened();

    @LogMessage(level = INFO)
    @Message(id = 304, value = "The circuit of the session store is %s")
    void circuitChanged(StoreStatus.Circuit state);

    @LogMessage(level = WARN)
    @Message(id = 305, value = "%s")
    void corrupt(EntryCorruptException failure);

    @LogMessage(level = INFO)
    @Message(id = 306, value = "Session %s of %s has ended: %s")
    void ended(String session, String owner, SessionEnded.Reason reason);

    @LogMessage(level = INFO)
    @Message(id = 307, value = "Swept %d expired sessions in %s; %d are left")
    void swept(long sessions, Duration duration, long left);

    @LogMessage(level = WARN)
    @Message(id = 308, value = "The sweep of expired sessions has failed; it is tried again in %s")
    void sweepFailed(Duration pause, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 309, value = "Ended sessions could not be announced; it is tried again in %s")
    void deliveryFailed(Duration pause, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(
            id = 310,
            value =
                    "The file of the embedded session database could not be compacted, so it grows; it is tried again in %s")
    void compactionFailed(Duration pause, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(
            id = 313,
            value =
                    "The row of temporary session %s, whose call has ended, could not be removed; a sweep removes it later")
    void temporaryStays(String session, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 312, value = "After a commit this was to be done in Python, and was not: %s")
    void hookDidNotRun(KeptHook hook);

    @LogMessage(level = INFO)
    @Message(id = 330, value = "Migration %s is %s: %s")
    void migrationChanged(String migration, MigrationState state, String outcome);

    @LogMessage(level = WARN)
    @Message(id = 331, value = "An observer of a migration has failed; nothing depends on it")
    void migrationObserverFailed(@Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 332, value = "Migration %s can not go on for now; it is tried again in %s")
    void migrationDelayed(String migration, Duration pause, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 333, value = "Migrations could not be looked after; it is tried again in %s")
    void migrationsNotTended(Duration pause, @Cause Throwable cause);

    @LogMessage(level = INFO)
    @Message(id = 334, value = "Rule %s proposes a migration of %d sessions of pool %s: %s")
    void migrationProposed(String rule, int sessions, String pool, String migration);

    @LogMessage(level = ERROR)
    @Message(id = 335, value = "Migration %s has failed and is rolled back")
    void migrationFailed(String migration, @Cause Throwable cause);

    @LogMessage(level = ERROR)
    @Message(
            id = 340,
            value =
                    "Migration %s has failed, and that can not be written down; it is ended when it was silent for long")
    void migrationLeft(String migration, @Cause Throwable cause);

    @LogMessage(level = ERROR)
    @Message(id = 336, value = "This was done, and is not in the audit, since the database can not be reached: %s")
    void migrationNotInTheAudit(AuditNote note, @Cause Throwable cause);

    @LogMessage(level = INFO)
    @Message(id = 337, value = "The server stops: it is waited for up to %s until nobody holds a worker any more%s")
    void awaitingHolders(Duration limit, String held);

    @LogMessage(level = WARN)
    @Message(id = 338, value = "The server stops though workers are held after %s%s")
    void stoppingThoughHeld(Duration limit, String held);

    @LogMessage(level = WARN)
    @Message(id = 339, value = "The workers that are held could not be looked at; the server stops without waiting")
    void holdersUnknown(@Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 320, value = "Events could not be written; they wait, and it is tried again every %s")
    void eventsNotWritten(Duration pause, @Cause Throwable cause);

    @LogMessage(level = INFO)
    @Message(id = 321, value = "Events are written again; %d had waited")
    void eventsWritten(int count);

    @LogMessage(level = WARN)
    @Message(id = 322, value = "The last events of this server could not be written and are lost")
    void eventsGivenUp();

    @LogMessage(level = WARN)
    @Message(id = 323, value = "The health of the pools could not be looked at")
    void healthUnknown(@Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(
            id = 324,
            value =
                    "%d temporary sessions have ended without an announcement, because %d were waiting to be announced; observers are too slow")
    void announcementsDropped(long dropped, int waiting);
}
