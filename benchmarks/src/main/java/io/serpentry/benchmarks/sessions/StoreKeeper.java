// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryRead;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionStore;
import io.serpentry.session.Touched;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** The product's store. */
final class StoreKeeper implements Keeper {

    static final Caller CALLER = Caller.of("ada");
    static final String MEDIA_TYPE = "application/octet-stream";

    private static final Duration BUCKET = Duration.ofMinutes(1);

    private final String name;
    private final SessionStore store;
    private final AtomicLong wish = new AtomicLong();

    StoreKeeper(String name, SessionStore store) {
        this.name = name;
        this.store = store;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String create(byte[] content) {
        return store.create(CALLER, NewSession.durable().entry("program", MEDIA_TYPE, content))
                .id();
    }

    @Override
    public byte[] get(String session) {
        return loaded(session).toByteArray();
    }

    /** The session with that entry's content, in one statement. */
    private EntryRead.Content loaded(String session) {
        return (EntryRead.Content) store.load(CALLER, session, Set.of("program"), Set.of())
                .orElseThrow()
                .contents()
                .get(0);
    }

    @Override
    public byte[] entry(String session) {
        return read(session).toByteArray();
    }

    private EntryRead.Content read(String session) {
        return (EntryRead.Content)
                store.entries(CALLER, session, Set.of("program"), Set.of()).get(0);
    }

    @Override
    public void update(String session, byte[] content) {
        EntryRead.Content read = loaded(session);
        read.toByteArray();
        store.save(
                CALLER,
                SessionDelta.of(session)
                        .put("program", MEDIA_TYPE, content, read.info().version()));
    }

    /** Wishes for an expiry one bucket later each time: that has to be written, and moves the indexed column as time would. */
    @Override
    public void touch(String session) {
        Instant later = Instant.now().plus(Duration.ofHours(2)).plus(BUCKET.multipliedBy(wish.incrementAndGet()));
        require(Touched.Outcome.WRITTEN, store.touch(CALLER, session, later));
    }

    @Override
    public void touchAgain(String session) {
        require(Touched.Outcome.COALESCED, store.touch(CALLER, session, Instant.EPOCH));
    }

    private static void require(Touched.Outcome expected, Touched touched) {
        if (touched.outcome() != expected) {
            throw new IllegalStateException("A touch was " + touched.outcome() + " instead of " + expected);
        }
    }
}
