// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import java.util.List;

/** Settings of the session store can not be used. */
public final class InvalidSettingsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidSettingsException(List<String> problems) {
        super("The configuration of the session store is invalid: " + String.join("; ", problems));
    }
}
