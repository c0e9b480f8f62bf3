// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import io.serpentry.session.ArchiveProblem;
import io.serpentry.session.internal.store.SessionSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Reads an archive that may be damaged: gives each session that is whole and right, and a problem for everything else.
 *
 * <pre>
 *                 session               end, abandoned
 * ──► BETWEEN ───────────────► WITHIN ───────────────► BETWEEN        WITHIN also: entry; session (the last one has no end)
 *        │  ▲                     │
 *        │  └───── end ────┐      │ what is none of these, or can not be read: the session is lost
 *        │                 │      ▼
 *        ├── anything ──► LOST ◄──┘      passes over all lines up to the next session, end or footer
 *        ▼     else
 *      OVER     by a footer, from everywhere: only the end of the file may follow
 * </pre>
 */
final class ArchiveReader {

    /** What there is in an archive. */
    sealed interface Found permits ArchivedSession, Damaged {}

    /** Something is not as it should be; if the problem names a session, that one can not be had. */
    record Damaged(ArchiveProblem problem) implements Found {}

    private static final String LAST_LINE_MISSING = "The last line of this session is missing";

    private enum State {
        BETWEEN,
        WITHIN,
        LOST,
        OVER
    }

    private final Lines lines;
    private final SessionSettings settings;
    private final MessageDigest digest = Digests.sha256();
    private final Queue<Found> found = new ArrayDeque<>();
    private State state = State.BETWEEN;
    /** The session that is being read, or was lost. */
    private @Nullable ArchivedSession session;

    private long sessions;
    private long entries;
    private boolean damaged;
    private boolean intact;
    private boolean ended;

    /**
     * @param copy is given all that is read
     * @throws PythonException if the first line is none of an archive of this version
     */
    ArchiveReader(InputStream in, OutputStream copy, SessionSettings settings) throws IOException {
        this.lines = new Lines(in, copy, settings.maxEntrySize());
        this.settings = settings;
        if (!lines.next()) {
            throw Members.refused("the file is empty");
        }
        if (!(lines.parsed() instanceof Header)) {
            throw Members.refused("it is no header, with which an archive begins");
        }
    }

    /** Null at the end of the file. */
    @Nullable
    Found next() throws IOException {
        while (found.isEmpty() && !ended) {
            advance();
        }
        return found.poll();
    }

    /** Whether all lines are as they were written; known at the end of the file. */
    boolean isIntact() {
        return intact;
    }

    private void advance() throws IOException {
        if (!lines.next()) {
            ended = true;
            finish();
            return;
        }
        try {
            take(lines.parsed());
        } catch (PythonException e) {
            lose(e.code(), String.valueOf(e.getMessage()));
        }
    }

    private void take(ArchiveLine line) {
        if (state == State.OVER) {
            throw Members.refused("it follows the last line of the archive");
        } else if (line instanceof SessionLine head) {
            begin(head);
        } else if (line instanceof EntryLine entry) {
            add(entry);
        } else if (line instanceof EndLine end) {
            end(end);
        } else if (line instanceof AbandonedLine abandoned) {
            abandon(abandoned);
        } else if (line instanceof Footer footer) {
            finish(footer);
        } else {
            throw Members.refused("it is a header, and not the first line");
        }
    }

    private void begin(SessionLine head) {
        breakOff(LAST_LINE_MISSING);
        session = new ArchivedSession(lines.number(), head, settings);
        state = State.WITHIN;
        digest.reset();
        lines.addTo(digest);
    }

    private void add(EntryLine entry) {
        if (state == State.BETWEEN) {
            throw Members.refused("it is an entry, and the session that it belongs to is missing");
        }
        if (state == State.WITHIN) {
            present().add(lines.number(), entry);
            lines.addTo(digest);
        }
    }

    private ArchivedSession present() {
        return Objects.requireNonNull(session);
    }

    private boolean isPresent(String id) {
        return session != null && session.head().id().equals(id);
    }

    private void end(EndLine end) {
        if (state == State.BETWEEN) {
            throw Members.refused("it is the last line of session \"" + end.session() + "\", whose first is missing");
        }
        if (isPresent(end.session())) {
            if (state == State.WITHIN) {
                requireWhole(present(), end);
                found.add(present());
                sessions++;
                entries += end.entries();
            }
        } else {
            breakOff(LAST_LINE_MISSING);
            damaged(
                    end.session(),
                    ErrorCode.INVALID_ARGUMENT,
                    "The first line of this session is missing or can not be read");
        }
        between();
    }

    private void requireWhole(ArchivedSession read, EndLine end) {
        if (!Digests.finish(digest).equals(end.sha256())) {
            throw Members.refused("the lines of session \"" + end.session() + "\" are not those that were exported");
        }
        if (read.entries() != end.entries() || read.entries() != read.head().entries()) {
            throw Members.refused("session \"" + end.session() + "\" should have "
                    + read.head().entries() + " entries, not " + read.entries());
        }
    }

    private void abandon(AbandonedLine abandoned) {
        if (state == State.BETWEEN || (state == State.WITHIN && !isPresent(abandoned.session()))) {
            throw Members.refused(
                    "it takes back session \"" + abandoned.session() + "\", which does not stand before it");
        }
        between();
    }

    private void finish(Footer footer) {
        breakOff(LAST_LINE_MISSING);
        state = State.OVER;
        session = null;
        if (!lines.digestBefore().equals(footer.sha256())) {
            throw Members.refused("the archive was altered: its digest is another. It should hold " + footer.sessions()
                    + " sessions with " + footer.entries() + " entries");
        }
        if (!damaged && (footer.sessions() != sessions || footer.entries() != entries)) {
            throw Members.refused("it counts " + footer.sessions() + " sessions with " + footer.entries()
                    + " entries, and there are " + sessions + " with " + entries);
        }
        intact = true;
    }

    private void finish() {
        breakOff("The file ends within this session");
        if (state != State.OVER) {
            damaged(
                    null,
                    ErrorCode.INVALID_ARGUMENT,
                    "The file ends without the last line of an archive: it was truncated");
        }
    }

    private void between() {
        state = State.BETWEEN;
        session = null;
    }

    /** Gives the session up that is being read, if there is one. */
    private void breakOff(String why) {
        if (state == State.WITHIN) {
            damaged(present().head().id(), ErrorCode.INVALID_ARGUMENT, why);
        }
    }

    /** The present line is not as it should be. In a session that is lost, nobody needs to know. */
    private void lose(ErrorCode code, String why) {
        intact = false;
        if (state == State.WITHIN) {
            damaged(present().head().id(), code, why);
        } else if (state != State.LOST) {
            damaged(null, code, why);
        }
        if (state != State.OVER) {
            state = State.LOST;
        }
    }

    private void damaged(@Nullable String id, ErrorCode code, String why) {
        damaged = true;
        found.add(new Damaged(new ArchiveProblem(lines.number(), id, code, why)));
    }
}
