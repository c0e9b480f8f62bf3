// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import java.io.IOException;

/** The peer sent something that is no frame. Nothing after it can be trusted, so the connection has to be closed. */
public final class WireException extends IOException {

    /** What was wrong, in the order in which a header is checked. */
    public enum Reason {
        MAGIC,
        VERSION,
        TYPE,
        FLAGS,
        SIZE,
        ATTACHMENTS
    }

    private final Reason reason;

    WireException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
