// SPDX-License-Identifier: Apache-2.0
package io.serpentry.alert.internal;

import static org.jboss.logging.Logger.Level.INFO;
import static org.jboss.logging.Logger.Level.WARN;

import java.lang.invoke.MethodHandles;
import java.time.Duration;
import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** What alerts tell the log. Ids 380 to 389. */
@MessageLogger(projectCode = "SERP", length = 5)
public interface AlertLog extends BasicLogger {

    AlertLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), AlertLog.class, "io.serpentry.alert");

    @LogMessage(level = WARN)
    @Message(id = 380, value = "Alert %s %s: %s (over %s)")
    void raised(String rule, String id, String message, double threshold);

    @LogMessage(level = INFO)
    @Message(id = 381, value = "Alert %s %s is cleared after %s: %s")
    void cleared(String rule, String id, Duration open, String message);

    @LogMessage(level = WARN)
    @Message(id = 382, value = "Alerts could not be looked after; it is tried again in %s")
    void lookFailed(Duration pause, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 383, value = "An observer of alert %s has failed")
    void observerFailed(String id, @Cause Throwable cause);

    @LogMessage(level = WARN)
    @Message(id = 384, value = "The webhook was not told that alert %s was %s: %s")
    void webhookFailed(String id, String what, String why);
}
