// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Moves sessions out of the store into a file of JSON lines, and from such a file into this or another store. Digests in the
 * file show every alteration. Any thread may call it; the format is in {@code docs/sessions-archive.md}.
 *
 * <p>A caller who is no operator exports and imports his own sessions only. Streams are neither closed nor kept. An {@link
 * IOException} is one of the stream that was given, or of the disk. {@link StoreUnavailableException} ends either: an export
 * is then refused by every import, and an import can be repeated with {@link ImportMode.Existing#SKIP}.
 */
public interface SessionArchive {

    /**
     * Writes all sessions that the query shows, each as it was at one moment. Sessions that are created while it runs may be
     * missing. Never more than one entry is held in memory.
     *
     * @param query its limit is how many sessions are listed at a time, not how many are exported
     */
    ExportReport exportTo(Caller caller, SessionQuery query, OutputStream out) throws IOException;

    /**
     * Writes one session.
     *
     * @throws SessionNotFoundException if there is none; nothing was written then
     */
    ExportReport exportTo(Caller caller, String session, OutputStream out) throws IOException;

    /**
     * Creates the sessions of an export, each in a transaction of its own, whatever the caller's. They keep id, owner, kind, time of
     * creation, idle timeout, lifetime, metadata and entries. They begin a new history with revisions and versions of their own, and
     * count as accessed now. An entry that was unreadable when it was exported is left out. What has expired meanwhile is not created.
     *
     * <p>A session is held in memory whole, up to {@code serpentry.session.maxBytes}.
     *
     * @throws ArchiveRefusedException if it is no archive of a version that is known; with {@link ImportMode.Check#WHOLE_FILE}
     *     also if anything in it is altered, missing, over this store's limits or of an owner that the caller may not act for, and with
     *     {@link ImportMode.Existing#REFUSE} if one of the sessions exists. Nothing was changed
     * @throws io.serpentry.connector.ConnectionStateException if sessions are to be replaced and the store knows no transactions
     */
    ImportReport importFrom(Caller caller, InputStream in, ImportMode mode) throws IOException;
}
