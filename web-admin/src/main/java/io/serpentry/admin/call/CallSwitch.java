// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import io.serpentry.admin.problem.Refusal;
import java.util.Map;
import java.util.Properties;

/** Whether {@code POST /call} is served; it is off unless the configuration says {@code true}. */
final class CallSwitch {

    static final String PROPERTY = "serpentry.call.enabled";
    static final String VARIABLE = "SERPENTRY_CALL_ENABLED";

    private CallSwitch() {}

    /** Throws FORBIDDEN, with the way to switch it on, unless it is on. */
    static void requireOn() {
        requireOn(System.getProperties(), System.getenv());
    }

    /** The system property wins over the environment, as in MicroProfile Config. */
    static void requireOn(Properties properties, Map<String, String> environment) {
        String value = properties.getProperty(PROPERTY, environment.getOrDefault(VARIABLE, "false"));
        if (!value.strip().equalsIgnoreCase("true")) {
            throw Refusal.forbidden("calls by REST are switched off; start the server with -D" + PROPERTY
                    + "=true or with " + VARIABLE + "=true in its environment (./run does)");
        }
    }
}
