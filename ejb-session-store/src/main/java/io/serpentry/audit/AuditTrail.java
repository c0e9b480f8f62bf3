// SPDX-License-Identifier: Apache-2.0
package io.serpentry.audit;

/**
 * What was done, in the database. The session store itself writes what is done to sessions, in the transaction that does it. Any thread
 * may use it; {@link io.serpentry.session.StoreUnavailableException} as always.
 */
public interface AuditTrail {

    /** Writes a row, in the caller's transaction if there is one. */
    void note(AuditNote note);

    /** The newest first. */
    AuditPage page(AuditQuery query);
}
