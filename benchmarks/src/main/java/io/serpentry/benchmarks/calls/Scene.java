// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.calls;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryRead;
import io.serpentry.session.Invocation;
import io.serpentry.session.LoadedSession;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionStore;
import jakarta.transaction.UserTransaction;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** The parts of the server that take part, and the steps that deeds are made of. */
record Scene(
        PythonConnectionFactory python, PythonSessions sessions, SessionStore store, UserTransaction transaction) {

    static final Caller CALLER = Caller.of("benchmark");
    private static final String ENTRY = "state";
    private static final String BYTES = "application/octet-stream";
    private static final AtomicLong NUMBERS = new AtomicLong(System.nanoTime());

    static byte[] content(int size) {
        byte[] content = new byte[size];
        new Random(NUMBERS.get()).nextBytes(content);
        return ByteBuffer.wrap(content).putLong(NUMBERS.incrementAndGet()).array();
    }

    /** Its id. */
    String session(NewSession kind, int size) {
        return store.create(CALLER, kind.entry(ENTRY, BYTES, content(size))).id();
    }

    /** A call without a session. */
    void echo() {
        try (PythonConnection connection = python.getConnection()) {
            connection
                    .call("calls.echo")
                    .argument("number", 4711)
                    .returning(Integer.class);
        }
    }

    /** A call without a session that is given what a session would have. */
    void send(byte[] content) {
        try (PythonConnection connection = python.getConnection()) {
            connection.call("calls.measure").argument("payload", content).returning(Integer.class);
        }
    }

    /** The session and its entry, in one statement. */
    EntryRead.Content get(String session) {
        LoadedSession loaded =
                store.load(CALLER, session, Set.of(ENTRY), Set.of()).orElseThrow();
        return (EntryRead.Content) loaded.contents().get(0);
    }

    void put(String session, byte[] content, long version) {
        store.save(CALLER, SessionDelta.of(session).put(ENTRY, BYTES, content, version));
    }

    int peek(String session) {
        return sessions.execute(session, Invocation.of("calls.peek"), Integer.class);
    }

    void change(String session) {
        Invocation change = Invocation.of("calls.change").argument("number", NUMBERS.incrementAndGet());
        sessions.execute(session, change, Long.class);
    }

    void echoAnonymously() {
        sessions.executeAnonymous(Invocation.of("calls.echo_in_session").argument("number", 4711), Integer.class);
    }

    void inTransaction(Deed.Step step) throws Exception {
        transaction.begin();
        try {
            step.run();
        } catch (Exception e) {
            transaction.rollback();
            throw e;
        }
        transaction.commit();
    }
}
