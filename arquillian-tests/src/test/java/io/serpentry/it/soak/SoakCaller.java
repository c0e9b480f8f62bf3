// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.soak;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonException;
import io.serpentry.it.app.Sales;
import io.serpentry.it.app.Work;
import io.serpentry.session.Invocation;
import io.serpentry.session.PythonSessions;
import jakarta.transaction.RollbackException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One thread's calls of the soak test, in an order by chance, each with a token of its own that its answer must carry.
 *
 * <p>No outcome is unknown here. A call in a session that ends with one of {@link #TYPED} has ended before anything was stored,
 * so it has changed nothing; in a transaction the same holds, and for a {@link RollbackException}. Only {@code
 * STORE_UNAVAILABLE} would leave it open, and nobody disturbs the database in this test.
 */
public final class SoakCaller {

    static final String ANSWERED = "answered";

    /** The errors that a call may end with while workers and fork servers are killed and stopped. */
    private static final Set<ErrorCode> TYPED = EnumSet.of(
            ErrorCode.WORKER_LOST, ErrorCode.CALL_TIMEOUT, ErrorCode.WORKERS_EXHAUSTED, ErrorCode.WORKER_START_FAILED);

    private static final int NOTEBOOKS = 4;
    private static final int FULL = 120;
    private static final int LARGE = 3_000_000;
    private static final int TRANSACTION_SECONDS = 60;

    private enum Kind {
        ECHO(24),
        APPEND(20),
        COUNT(8),
        ANONYMOUS(10),
        CALLBACK(8),
        NESTED(6),
        COMMIT(12),
        ROLLBACK(8),
        LARGE(3),
        READ(6);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    /**
     * What all callers share.
     *
     * @param counter the session whose entry {@code hits} all of them count up
     * @param counted how often that was acknowledged
     * @param directory for the journals of hooks
     */
    public record Surroundings(
            PythonConnectionFactory python,
            PythonSessions sessions,
            Work work,
            Sales sales,
            String counter,
            AtomicLong counted,
            Path directory,
            Tally tally) {}

    /** The application's own reason for a rollback. */
    private static final class ChangeOfMind extends Exception {
        private static final long serialVersionUID = 1;
    }

    private final Surroundings soak;
    private final String name;
    private final Random random;
    private final List<Notebook> notebooks = new ArrayList<>();
    private long sequence;

    public SoakCaller(Surroundings soak, String name, long seed) {
        this.soak = soak;
        this.name = name;
        this.random = new Random(seed);
        for (int i = 0; i < NOTEBOOKS; i++) {
            notebooks.add(new Notebook(soak.sessions(), token()));
        }
    }

    static Invocation call(String function) {
        return Invocation.of(function).pool("soak");
    }

    private String token() {
        return name + "-" + sequence++;
    }

    /** Calls until then, in the time of {@link System#nanoTime}; then every session must hold what was acknowledged. */
    public void callUntil(long deadline) {
        while (System.nanoTime() - deadline < 0) {
            callOnce(next());
        }
        notebooks.forEach(this::compare);
    }

    /** One of each kind. */
    public void callEach() {
        Arrays.stream(Kind.values()).forEach(this::callOnce);
    }

    private Kind next() {
        int left = random.nextInt(
                Arrays.stream(Kind.values()).mapToInt(kind -> kind.weight).sum());
        int i = 0;
        while (left >= Kind.values()[i].weight) {
            left -= Kind.values()[i++].weight;
        }
        return Kind.values()[i];
    }

    private void callOnce(Kind kind) {
        String token = token();
        long begun = System.nanoTime();
        String outcome = outcome(kind, token);
        soak.tally().ended(kind, outcome, System.nanoTime() - begun);
    }

    private String outcome(Kind kind, String token) {
        try {
            call(kind, token);
            return ANSWERED;
        } catch (PythonException e) {
            if (!isTyped(e)) {
                fault(kind, token, e);
            }
            return e.code().name();
        } catch (RollbackException e) {
            return "ROLLED_BACK";
        } catch (Exception e) {
            fault(kind, token, e);
            return e.getClass().getSimpleName();
        }
    }

    /** What a callback got wrong comes back through Python, with our exception as its cause. */
    private static boolean isTyped(PythonException failure) {
        return TYPED.contains(failure.code())
                || (failure.code() == ErrorCode.PYTHON_RAISED
                        && failure.getCause() instanceof PythonException cause
                        && isTyped(cause));
    }

    private void fault(Kind kind, String token, Throwable failure) {
        Throwable cause = failure.getCause();
        soak.tally()
                .fault(kind + " " + token + ": " + failure + (cause == null ? "" : ", by " + cause) + " at "
                        + Arrays.stream(failure.getStackTrace()).limit(4).toList());
    }

    private void call(Kind kind, String token) throws Exception {
        switch (kind) {
            case ECHO -> expect(kind, token, bare("probe.echo", "value", token));
            case APPEND -> append(token);
            case COUNT -> count();
            case ANONYMOUS -> anonymous(token);
            case CALLBACK -> expect(kind, token, asking("soak.plain", Map.of("token", token)));
            case NESTED -> nested(token);
            case COMMIT -> inTransaction(token, true);
            case ROLLBACK -> inTransaction(token, false);
            case LARGE -> large(token);
            case READ -> read(token);
        }
    }

    private void expect(Kind kind, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            soak.tally().fault("wrong answer to " + kind + ": " + actual + " instead of " + expected);
        }
    }

    // ---- without a transaction

    private String bare(String function, String argument, Object value) {
        try (PythonConnection connection = soak.python().getConnection()) {
            return connection.call(function).argument(argument, value).returning(String.class);
        }
    }

    private String asking(String method, Map<String, Object> arguments) {
        try (PythonConnection connection = soak.python().getConnection()) {
            return connection
                    .call("notebook.ask")
                    .argument("name", method)
                    .argument("arguments", arguments)
                    .returning(String.class);
        }
    }

    private void append(String token) {
        Notebook notebook = anyNotebook();
        int length = notebook.append(token);
        notebook.acknowledge(token);
        expect(Kind.APPEND, notebook.size(), length);
    }

    /** A full one is compared and deleted, and an empty one takes its place. */
    private Notebook anyNotebook() {
        int i = random.nextInt(NOTEBOOKS);
        if (notebooks.get(i).size() >= FULL) {
            compare(notebooks.get(i));
            notebooks.get(i).delete();
            notebooks.set(i, new Notebook(soak.sessions(), token()));
        }
        return notebooks.get(i);
    }

    private void compare(Notebook notebook) {
        expect(Kind.APPEND, notebook.acknowledged(), notebook.stored());
    }

    private void read(String token) {
        Notebook notebook = anyNotebook();
        expect(Kind.READ, notebook.acknowledged(), notebook.readByPython());
    }

    private void count() {
        Invocation hit = call("notebook.increment").argument("name", "hits");
        soak.sessions().execute(soak.counter(), hit, Void.class);
        soak.counted().incrementAndGet();
    }

    private void anonymous(String token) {
        Integer length =
                soak.sessions().executeAnonymous(call("notebook.append").argument("text", token), Integer.class);
        expect(Kind.ANONYMOUS, 1, length);
    }

    private void nested(String token) throws Exception {
        if (random.nextBoolean()) {
            expect(Kind.NESTED, token, asking("soak.nested", Map.of("token", token)));
        } else {
            Map<String, Object> arguments = Map.of("token", token, "left", 1 + random.nextInt(3));
            String answer = soak.work().inTransaction(TRANSACTION_SECONDS, () -> asking("soak.descend", arguments));
            expect(Kind.NESTED, token, answer);
        }
    }

    private void large(String token) {
        byte[] sent = Arrays.copyOf(token.getBytes(StandardCharsets.UTF_8), LARGE);
        sent[LARGE - 1] = (byte) random.nextInt();
        try (PythonConnection connection = soak.python().getConnection()) {
            byte[] got =
                    connection.call("probe.bytes_of").argument("data", sent).returning(byte[].class);
            if (!Arrays.equals(got, sent)) {
                soak.tally().fault("wrong answer to a large call: " + token);
            }
        }
    }

    // ---- in a transaction

    /** A row of the application and two sessions, with hooks in one of three: all of it is there afterwards, or nothing. */
    private void inTransaction(String token, boolean commit) throws Exception {
        Notebook first = anyNotebook();
        Notebook second = anyNotebook();
        Journal journal = random.nextInt(3) == 0 ? new Journal(soak.directory().resolve(token)) : null;
        boolean committed = false;
        try {
            soak.work().inTransaction(TRANSACTION_SECONDS, () -> {
                expect(Kind.COMMIT, first.size() + 1, first.append(token));
                if (journal != null) {
                    String none = bare("notebook.hook", "journal", journal.toString());
                    expect(Kind.COMMIT, "null", String.valueOf(none));
                }
                second.append(token);
                soak.sales().add(token);
                if (!commit) {
                    throw new ChangeOfMind();
                }
                return null;
            });
            committed = true;
        } catch (ChangeOfMind e) {
            expect(Kind.ROLLBACK, false, commit);
        } finally {
            compareTransaction(token, committed, List.of(first, second));
            if (journal != null) {
                expect(Kind.COMMIT, "", journal.fault(committed));
            }
        }
    }

    private void compareTransaction(String token, boolean committed, List<Notebook> written) {
        expect(Kind.COMMIT, committed, soak.sales().has(token));
        if (committed) {
            written.forEach(notebook -> notebook.acknowledge(token));
        }
        written.forEach(this::compare);
    }
}
