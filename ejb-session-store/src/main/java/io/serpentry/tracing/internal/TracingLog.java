// SPDX-License-Identifier: Apache-2.0
package io.serpentry.tracing.internal;

import static org.jboss.logging.Logger.Level.WARN;

import java.lang.invoke.MethodHandles;
import org.jboss.logging.BasicLogger;
import org.jboss.logging.Logger;
import org.jboss.logging.annotations.Cause;
import org.jboss.logging.annotations.LogMessage;
import org.jboss.logging.annotations.Message;
import org.jboss.logging.annotations.MessageLogger;

/** What is logged of traces: SERP00390 to SERP00399. */
@MessageLogger(projectCode = "SERP", length = 5)
interface TracingLog extends BasicLogger {

    TracingLog LOG = Logger.getMessageLogger(MethodHandles.lookup(), TracingLog.class, "io.serpentry.tracing");

    @LogMessage(level = WARN)
    @Message(
            id = 390,
            value = "Nothing is traced: otel.sdk.disabled is false, but this server has no OpenTelemetry for this"
                    + " application. Provision it with the layer microprofile-telemetry")
    void noOpenTelemetry(@Cause Throwable cause);
}
