// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.linearizability;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryRead;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.internal.jpa.StoreFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one session as one thread uses them; each call is recorded. A call that says that it had no effect is left out, and
 * one that can not say has no answer.
 */
public final class RecordedEntries {

    private final SessionStore store;
    private final Caller caller;
    private final String session;
    private final EntryHistories histories;

    public RecordedEntries(SessionStore store, Caller caller, String session, EntryHistories histories) {
        this.store = store;
        this.caller = caller;
        this.session = session;
        this.histories = histories;
    }

    /** Null if it could not be read. */
    public @Nullable EntryState read(String entry) {
        long invoked = System.nanoTime();
        try {
            EntryState seen = state(store.entries(caller, session, Set.of(entry), Set.of()));
            histories.add(entry, new Call<>(invoked, System.nanoTime(), new EntryState.Seen(seen)));
            return seen;
        } catch (StoreUnavailableException e) {
            return null;
        }
    }

    private static EntryState state(List<EntryRead> reads) {
        if (reads.isEmpty()) {
            return EntryState.ABSENT;
        }
        EntryRead.Content content = (EntryRead.Content) reads.get(0);
        return new EntryState(
                content.info().version(), content.text(), content.info().counter());
    }

    /** Whether there was an answer. */
    public boolean put(String entry, String text, long expected) {
        SessionDelta delta =
                SessionDelta.of(session).put(entry, "text/plain", text.getBytes(StandardCharsets.UTF_8), expected);
        return isAnswered(entry, new EntryState.PerhapsStored(expected, text), () -> {
            try {
                long version = store.save(caller, delta).versions().get(entry);
                return new EntryState.Stored(expected, text, version);
            } catch (SessionConflictException e) {
                return new EntryState.Conflict(expected, e.conflicts().get(0).actual());
            }
        });
    }

    /** Whether there was an answer. */
    public boolean increment(String entry, long by) {
        SessionDelta delta = SessionDelta.of(session).with(new EntryChange.Increment(entry, by));
        return isAnswered(entry, new EntryState.PerhapsIncremented(by), () -> {
            try {
                Saved saved = store.save(caller, delta);
                return new EntryState.Incremented(
                        by, saved.counters().get(entry), saved.versions().get(entry));
            } catch (ConnectionStateException e) {
                return new EntryState.NoCounter();
            }
        });
    }

    private boolean isAnswered(String entry, Effect<EntryState> perhaps, Supplier<Effect<EntryState>> call) {
        long invoked = System.nanoTime();
        try {
            Effect<EntryState> effect = call.get();
            histories.add(entry, new Call<>(invoked, System.nanoTime(), effect));
            return true;
        } catch (StoreUnavailableException e) {
            if (!"false".equals(e.context().get("sent"))) {
                histories.add(entry, new Call<>(invoked, Call.NEVER, perhaps));
            }
            return false;
        } catch (StoreFailure.Contention e) {
            System.out.println("CONTENTION " + (System.nanoTime() - invoked) / 1000000 + " ms " + e.getCause());
            return false;
        }
    }
}
