// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import static org.jboss.logging.Logger.Level.ERROR;
import static org.jboss.logging.Logger.Level.INFO;

import java.lang.invoke.MethodHandles;
import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** What the session store tells the log. Ids 300 to 399. */
@MessageLogger(projectCode = "SERP", length = 5)
interface SessionLog extends BasicLogger {

    SessionLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), SessionLog.class, "io.serpentry.session");

    @LogMessage(level = INFO)
    @Message(id = 300, value = "The session database is %s %s")
    void database(String product, String version);

    @LogMessage(level = ERROR)
    @Message(id = 301, value = "The session database (java:jboss/datasources/SerpentryDS) can not be reached")
    void databaseUnreachable(@Cause Throwable cause);
}
