// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.session.ArchiveProblem;
import io.serpentry.session.ArchiveRefusedException;
import io.serpentry.session.Caller;
import io.serpentry.session.ForbiddenException;
import io.serpentry.session.ImportMode;
import io.serpentry.session.ImportReport;
import io.serpentry.session.ImportReport.Outcome;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.internal.archive.ArchiveReader.Damaged;
import io.serpentry.session.internal.archive.ArchiveReader.Found;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One import. */
final class Import {

    private final SessionImporter importer;
    private final Caller caller;
    private final ImportMode mode;
    private final Problems problems = new Problems();
    private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    private long entries;
    private long unreadable;

    Import(SessionImporter importer, Caller caller, ImportMode mode) {
        this.importer = importer;
        this.caller = caller;
        this.mode = mode;
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(outcome, 0L);
        }
    }

    /** Throws {@link ArchiveRefusedException} if anything would not be imported as it stands there, for a reason that is known now. */
    void check(InputStream in, OutputStream copy) throws IOException {
        ArchiveReader reader = opened(in, copy);
        Problems existing = new Problems();
        for (Found found = reader.next(); found != null; found = reader.next()) {
            if (found instanceof Damaged damaged) {
                throw new ArchiveRefusedException(List.of(damaged.problem()));
            } else if (found instanceof ArchivedSession session) {
                requireAllowed(session);
                if (mode.existing() == ImportMode.Existing.REFUSE && importer.isTaken(caller, session)) {
                    existing.add(problem(
                            session, new SessionExistsException(session.head().id())));
                }
            }
        }
        if (!existing.kept().isEmpty()) {
            throw new ArchiveRefusedException(existing.kept());
        }
    }

    private void requireAllowed(ArchivedSession session) {
        try {
            importer.requireAllowed(caller, session);
        } catch (ForbiddenException e) {
            throw new ArchiveRefusedException(List.of(problem(session, e)));
        }
    }

    ImportReport run(InputStream in) throws IOException {
        ArchiveReader reader = opened(in, OutputStream.nullOutputStream());
        for (Found found = reader.next(); found != null; found = reader.next()) {
            if (found instanceof Damaged damaged) {
                report(damaged.problem());
            } else if (found instanceof ArchivedSession session) {
                count(bring(session));
            }
        }
        return new ImportReport(outcomes, entries, unreadable, reader.isIntact(), problems.kept(), problems.leftOut());
    }

    private ArchiveReader opened(InputStream in, OutputStream copy) throws IOException {
        try {
            return new ArchiveReader(in, copy, importer.settings());
        } catch (PythonException e) {
            throw new ArchiveRefusedException(List.of(Problems.of(1, null, e)));
        }
    }

    private void report(ArchiveProblem damage) {
        problems.add(damage);
        if (damage.session() != null) {
            count(Outcome.REFUSED);
        }
    }

    private void count(Outcome outcome) {
        outcomes.merge(outcome, 1L, Long::sum);
    }

    /** What is wrong with one session keeps none of the others away; a store that can not be reached does. */
    private Outcome bring(ArchivedSession session) {
        try {
            Outcome outcome = importer.bring(caller, session, mode.existing());
            if (outcome == Outcome.CREATED || outcome == Outcome.REPLACED) {
                entries += session.readable();
                unreadable += session.unreadable().size();
                session.unreadable().forEach(entry -> problems.add(missing(session, entry)));
            } else if (outcome == Outcome.EXPIRED) {
                problems.add(expired(session));
            }
            return outcome;
        } catch (StoreUnavailableException e) {
            throw e;
        } catch (PythonException e) {
            problems.add(problem(session, e));
            return Outcome.REFUSED;
        }
    }

    private static ArchiveProblem expired(ArchivedSession session) {
        return new ArchiveProblem(
                session.line(),
                session.head().id(),
                ErrorCode.SESSION_NOT_FOUND,
                "Its time was over at " + session.endsAt());
    }

    private static ArchiveProblem missing(ArchivedSession session, ArchivedSession.Unreadable entry) {
        return new ArchiveProblem(
                entry.line(),
                session.head().id(),
                ErrorCode.ENTRY_CORRUPT,
                "Entry \"" + entry.name() + "\" could not be read when it was exported (" + entry.reason()
                        + "); the session was imported without it");
    }

    private static ArchiveProblem problem(ArchivedSession session, PythonException e) {
        return Problems.of(session.line(), session.head().id(), e);
    }
}
