// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import io.serpentry.connector.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Something in an archive that was not as it should be.
 *
 * @param line of the archive, from 1
 * @param session its id; null if the problem is not about one session, or it can not be told which
 */
public record ArchiveProblem(long line, @Nullable String session, ErrorCode code, String message) {

    /** A report holds at most so many problems, and the number of the others. */
    public static final int LIMIT = 1000;

    @Override
    public String toString() {
        return "line " + line + (session == null ? "" : ", session \"" + session + "\"") + ": " + message + " (" + code
                + ")";
    }
}
