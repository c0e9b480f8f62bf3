// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads sessions with all their present content, and tells what can not be read or does not add up. What is unreadable is in quarantine
 * from then on, as after any other attempt to read it. Never more than one entry is held in memory. For one thread.
 */
public final class StoreCheck {

    /** A report holds at most so many problems, and the number of the others. */
    public static final int PROBLEMS = 1000;

    /** The longest time for one check. */
    public static final Duration LONGEST = Duration.ofMinutes(1);

    private final SessionStore store;
    private final Caller caller;
    private final List<CheckProblem> problems = new ArrayList<>();
    private long problemsLeftOut;
    private long sessions;
    private long entries;
    private long bytes;

    private StoreCheck(SessionStore store, Caller caller) {
        this.store = store;
        this.caller = caller;
    }

    /**
     * Checks the sessions that the caller may see, by id.
     *
     * @param cursor the {@link CheckReport#next} of the check to go on with; null to begin
     * @param atMost 0 to {@link #LONGEST}: the check ends with the session in which this time is over, so it reads one at least
     * @throws io.serpentry.connector.InvalidArgumentException if the cursor is not one of a check, or the time out of its range
     * @throws StoreUnavailableException if the store can not be reached
     */
    public static CheckReport run(SessionStore store, Caller caller, @Nullable String cursor, Duration atMost) {
        if (atMost.isNegative() || atMost.compareTo(LONGEST) > 0) {
            throw Limits.refused(
                    "atMost", "PT0S to " + LONGEST, "A check may take 0 to " + LONGEST + ", not " + atMost);
        }
        return new StoreCheck(store, caller).run(cursor, atMost);
    }

    private CheckReport run(@Nullable String cursor, Duration atMost) {
        long begin = System.nanoTime();
        SessionQuery one = SessionQuery.all().order(SessionOrder.ID_ASCENDING).limit(1);
        String next = cursor;
        do {
            SessionPage page = store.page(caller, one.cursor(next));
            page.items().forEach(session -> check(session.id()));
            next = page.next();
        } while (next != null && System.nanoTime() - begin < atMost.toNanos());
        return new CheckReport(sessions, entries, bytes, problems, problemsLeftOut, next);
    }

    /** Passes over what has ended since it was listed. */
    private void check(String session) {
        store.find(caller, session).ifPresent(view -> {
            sessions++;
            checkSums(view);
            view.entries().forEach(entry -> check(session, entry.name()));
        });
    }

    private void checkSums(SessionView view) {
        SessionInfo info = view.info();
        if (info.entryCount() != view.entries().size()) {
            found(
                    info.id(),
                    null,
                    "It counts " + info.entryCount() + " entries, and has "
                            + view.entries().size());
        }
        long charged = view.entries().stream()
                .mapToLong(entry -> EntryInfo.charged(entry.size()))
                .sum();
        if (info.bytes() != charged) {
            found(
                    info.id(),
                    null,
                    "It counts " + info.bytes() + " bytes for its quota, and its entries have " + charged);
        }
    }

    private void check(String session, String entry) {
        try {
            store.entries(caller, session, Set.of(entry), Set.of()).forEach(read -> check(session, read));
        } catch (SessionNotFoundException e) {
            // It has ended since it was read.
            return;
        }
    }

    private void check(String session, EntryRead read) {
        entries++;
        if (read instanceof EntryRead.Content content) {
            bytes += content.bytes().remaining();
        } else if (read instanceof EntryRead.Corrupt corrupt) {
            found(
                    session,
                    read.info().name(),
                    "Version " + read.info().version() + " can not be read ("
                            + corrupt.failure().reason()
                            + "); its bytes are kept in quarantine. Restore an earlier version, or replace it");
        }
    }

    private void found(String session, @Nullable String entry, String message) {
        if (problems.size() == PROBLEMS) {
            problemsLeftOut++;
        } else {
            problems.add(new CheckProblem(session, entry, message));
        }
    }
}
