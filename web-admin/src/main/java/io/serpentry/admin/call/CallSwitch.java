// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.call;

import io.serpentry.admin.AdminKeys;
import io.serpentry.admin.problem.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Whether {@code POST /call} is served; it is off unless the configuration says {@code true}. */
@ApplicationScoped
class CallSwitch {

    static final String KEY = AdminKeys.CALL_ENABLED;

    @Inject
    @ConfigProperty(name = KEY, defaultValue = AdminKeys.CALL_ENABLED_DEFAULT)
    boolean on;

    /** Throws FORBIDDEN, with the way to switch it on, unless it is on. */
    void requireOn() {
        if (!on) {
            throw Refusal.forbidden("calls by REST are switched off; set the configuration key " + KEY
                    + " to true, for example by -D" + KEY + "=true or by SERPENTRY_CALL_ENABLED=true in the server's"
                    + " environment (./run does)");
        }
    }
}
