// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.session.Caller;
import io.serpentry.session.ExportReport;
import io.serpentry.session.ImportMode;
import io.serpentry.session.ImportReport;
import io.serpentry.session.SessionArchive;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;

/** Sessions of any store as {@link ArchiveLine}s. It keeps nothing between two calls. */
public final class JsonLinesArchive implements SessionArchive {

    private final SessionStore store;
    private final SessionImporter importer;
    private final InstantSource clock;
    private final Path spool;

    /**
     * @param transaction {@code Runnable::run} for a store that knows none
     * @param settings those of the store
     * @param spool the directory for files that are checked before they are imported
     */
    public JsonLinesArchive(
            SessionStore store, OneTransaction transaction, SessionSettings settings, InstantSource clock, Path spool) {
        this.store = store;
        this.importer = new SessionImporter(store, transaction, settings, clock);
        this.clock = clock;
        this.spool = spool;
    }

    @Override
    public ExportReport exportTo(Caller caller, SessionQuery query, OutputStream out) throws IOException {
        return new Export(store, clock, caller, out).all(query);
    }

    @Override
    public ExportReport exportTo(Caller caller, String session, OutputStream out) throws IOException {
        return new Export(store, clock, caller, out).one(session);
    }

    @Override
    public ImportReport importFrom(Caller caller, InputStream in, ImportMode mode) throws IOException {
        importer.requirePossible(mode.existing());
        Import run = new Import(importer, caller, mode);
        return switch (mode.check()) {
            case SESSION_BY_SESSION -> run.run(in);
            case WHOLE_FILE -> checkedFirst(run, in);
        };
    }

    private ImportReport checkedFirst(Import run, InputStream in) throws IOException {
        try (Spool copy = Spool.in(spool)) {
            run.check(in, copy.out());
            return run.run(copy.in());
        }
    }
}
