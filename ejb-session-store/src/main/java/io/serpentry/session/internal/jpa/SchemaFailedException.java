// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import org.flywaydb.core.api.FlywayException;

/** The session tables could not be made or upgraded, and trying again does not help. */
public final class SchemaFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SchemaFailedException(FlywayException cause) {
        super(
                "The session tables could not be brought to the version of this release, most likely because the database user"
                        + " does not own them, a script was stopped half-way, or one was altered; see the table serpentry_schema: "
                        + cause.getMessage(),
                cause);
    }
}
