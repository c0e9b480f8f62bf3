// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.connector.ErrorCode;
import io.serpentry.session.ArchiveProblem;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.ExportReport;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import io.serpentry.session.StoreUnavailableException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * One export.
 *
 * <p>A session's entries are read one after the other, and others may change them meanwhile. The versions that were listed
 * are what is exported: a version that was replaced comes from the history. If it is not kept, the session is abandoned and
 * begun again.
 */
final class Export {

    private static final int ATTEMPTS = 5;
    private static final int BUFFER = 1 << 16;

    private final SessionStore store;
    private final InstantSource clock;
    private final Caller caller;
    private final OutputStream out;
    private final ArchiveWriter writer;
    private final Problems problems = new Problems();
    private long sessions;
    private long entries;
    private long unreadable;

    Export(SessionStore store, InstantSource clock, Caller caller, OutputStream out) {
        this.store = store;
        this.clock = clock;
        this.caller = caller;
        this.out = new BufferedOutputStream(out, BUFFER);
        this.writer = new ArchiveWriter(this.out);
    }

    ExportReport all(SessionQuery query) throws IOException {
        SessionPage page = store.page(caller, query);
        begin();
        while (true) {
            for (SessionInfo info : page.items()) {
                export(info.id());
            }
            if (page.next() == null) {
                return finished();
            }
            page = store.page(caller, query.cursor(page.next()));
        }
    }

    ExportReport one(String session) throws IOException {
        if (find(session).isEmpty()) {
            throw new SessionNotFoundException(session);
        }
        begin();
        export(session);
        return finished();
    }

    private void begin() throws IOException {
        writer.write(Header.now(now()));
    }

    private ExportReport finished() throws IOException {
        String sha256 = writer.fileDigest();
        writer.write(new Footer(sessions, entries, sha256));
        out.flush();
        return new ExportReport(sessions, entries, unreadable, sha256, problems.kept(), problems.leftOut());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** A store that can not be reached may answer what it remembers: that is nothing to keep. */
    private Optional<SessionView> find(String session) {
        Instant asked = now();
        Optional<SessionView> found = store.find(caller, session);
        if (found.isPresent() && found.get().readAt().isBefore(asked)) {
            throw new StoreUnavailableException(
                    "Session \"" + session + "\" can not be exported: the store remembers it from "
                            + found.get().readAt() + ", but can not be reached",
                    false,
                    null);
        }
        return found;
    }

    /** Does nothing if the session has ended since it was listed. */
    private void export(String session) throws IOException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Optional<SessionView> view = find(session);
            if (view.isEmpty() || tryExport(view.get())) {
                return;
            }
        }
        problems.add(new ArchiveProblem(
                writer.lines(),
                session,
                ErrorCode.SESSION_CONFLICT,
                "It was changed during each of " + ATTEMPTS
                        + " attempts, and the versions that were replaced are not kept."
                        + " Export it again, or raise serpentry.session.history.count"));
    }

    /** False if the session was abandoned. */
    private boolean tryExport(SessionView view) throws IOException {
        Problems found = new Problems();
        writer.beginSession();
        writer.write(SessionLine.of(view));
        for (EntryInfo listed : view.entries()) {
            Optional<EntryRead> read = read(view.info().id(), listed);
            if (read.isEmpty()) {
                writer.write(new AbandonedLine(view.info().id()));
                return false;
            }
            writer.write(EntryLine.of(read.get()));
            if (read.get() instanceof EntryRead.Corrupt corrupt) {
                found.add(Problems.of(writer.lines(), view.info().id(), corrupt.failure()));
            }
        }
        writer.write(new EndLine(view.info().id(), view.entries().size(), writer.sessionDigest()));
        found.kept().forEach(problems::add);
        sessions++;
        entries += view.entries().size();
        unreadable += found.kept().size() + found.leftOut();
        return true;
    }

    /** The version that was listed; empty if it can not be had any more. */
    private Optional<EntryRead> read(String session, EntryInfo listed) {
        try {
            return store.entries(caller, session, Set.of(listed.name()), Set.of()).stream()
                    .filter(read -> read.info().version() == listed.version())
                    .findFirst()
                    .or(() -> store.version(caller, session, listed.name(), listed.version()));
        } catch (SessionNotFoundException e) {
            return Optional.empty();
        }
    }
}
