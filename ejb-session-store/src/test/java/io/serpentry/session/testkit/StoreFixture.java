// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.serpentry.connector.PythonException;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryRead;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A store of its own for each test, and short forms of what tests do with it on behalf of Ada. */
@Timeout(180)
abstract class StoreFixture {

    static final Caller ADA = Caller.of("ada");
    static final Caller BOB = Caller.of("bob");
    static final Caller OPERATOR = Caller.operator("olga");
    static final Instant START = ManualClock.START;
    static final String TEXT = "text/plain";
    static final int THREADS = 16;
    private static final int ALL = 10_000;

    final ManualClock clock = new ManualClock();
    private final SessionStoreContract adapter;
    private volatile StoreUnderTest tested;

    StoreFixture(SessionStoreContract adapter) {
        this.adapter = adapter;
    }

    SessionStoreContract adapter() {
        return adapter;
    }

    static SettingsBuilder settings() {
        return new SettingsBuilder();
    }

    /** Before the first use, if the usual settings are not those that the test wants. */
    void open(SettingsBuilder settings) {
        try {
            tested = adapter.open(settings.build(), clock);
        } catch (Exception e) {
            throw new AssertionError("The store could not be opened", e);
        }
    }

    /** Goes on with another store upon the same data. */
    void reopen() {
        tested = tested().reopened();
    }

    StoreUnderTest tested() {
        StoreUnderTest opened = tested;
        return opened == null ? openedOnce() : opened;
    }

    /** The first to use it may be many. */
    private synchronized StoreUnderTest openedOnce() {
        if (tested == null) {
            open(settings());
        }
        return tested;
    }

    SessionStore store() {
        return tested().store();
    }

    @AfterEach
    void close() throws Exception {
        if (tested != null) {
            tested.close();
        }
    }

    static NewSession session(String id, String... entries) {
        NewSession session = NewSession.durable().id(id);
        for (String name : entries) {
            session = session.entry(name, TEXT, bytes(name));
        }
        return session;
    }

    /** Each entry's first content is its name. */
    SessionInfo create(String id, String... entries) {
        return store().create(ADA, session(id, entries));
    }

    Saved save(SessionDelta delta) {
        return store().save(ADA, delta);
    }

    /** Whatever version there is. */
    Saved put(String id, String name, String text) {
        return save(put(SessionDelta.of(id), name, text));
    }

    static SessionDelta put(SessionDelta delta, String name, String text) {
        return delta.put(name, TEXT, bytes(text), EntryChange.ANY);
    }

    Saved remove(String id, String name) {
        return save(SessionDelta.of(id).remove(name, EntryChange.ANY));
    }

    SessionView view(String id) {
        return store().find(ADA, id).orElseThrow();
    }

    SessionInfo info(String id) {
        return view(id).info();
    }

    boolean exists(String id) {
        return store().find(OPERATOR, id).isPresent();
    }

    EntryRead read(String id, String name) {
        return store().entries(ADA, id, Set.of(name), Set.of()).get(0);
    }

    String text(String id, String name) {
        return text(read(id, name));
    }

    static String text(EntryRead read) {
        return ((EntryRead.Content) read).text();
    }

    /** The announcements that are due; they are delivered by that. */
    List<SessionEnded> ended() {
        List<SessionEnded> announcements = new ArrayList<>();
        store().deliver(ALL, announcements::add);
        return announcements;
    }

    static PythonException refusal(ThrowingCallable call) {
        PythonException refusal = catchThrowableOfType(PythonException.class, call);
        assertThat(refusal).as("a refusal").isNotNull();
        return refusal;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Bytes that can not be compressed. */
    static byte[] noise(int size) {
        byte[] noise = new byte[size];
        new Random(size).nextBytes(noise);
        return noise;
    }
}
