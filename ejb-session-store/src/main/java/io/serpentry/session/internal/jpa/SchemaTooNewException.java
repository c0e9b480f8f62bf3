// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

/** The session tables were upgraded by a newer release than this one. */
public final class SchemaTooNewException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SchemaTooNewException(String version) {
        super("The session tables have schema version " + version + ", which a newer release of Serpentry has made."
                + " Start that release or a newer one, or restore the backup that was made before the upgrade");
    }
}
