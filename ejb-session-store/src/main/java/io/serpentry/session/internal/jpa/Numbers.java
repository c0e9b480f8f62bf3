// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import io.serpentry.session.SessionEnded.Reason;
import io.serpentry.session.SessionKind;

/** The numbers that stand for constants in columns; they never change their meaning. */
final class Numbers {

    private Numbers() {}

    static short of(SessionKind kind) {
        return switch (kind) {
            case DURABLE -> 0;
            case TEMPORARY -> 1;
        };
    }

    static SessionKind kind(int number) {
        return number == 0 ? SessionKind.DURABLE : SessionKind.TEMPORARY;
    }

    static short of(Reason reason) {
        return switch (reason) {
            case DELETED -> 0;
            case EXPIRED -> 1;
        };
    }

    static Reason reason(int number) {
        return number == 0 ? Reason.DELETED : Reason.EXPIRED;
    }
}
