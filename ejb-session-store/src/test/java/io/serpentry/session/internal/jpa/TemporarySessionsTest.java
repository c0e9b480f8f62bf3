// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryRead;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.internal.Apart;
import io.serpentry.session.internal.CentralSessionStore;
import io.serpentry.session.internal.Facades;
import io.serpentry.session.internal.store.SessionSettings;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sessions of anonymous calls: in memory, in the database, and on the way from one to the other. */
class TemporarySessionsTest {

    private static final Caller ADA = Caller.of("ada");
    private static final String BYTES = "application/octet-stream";
    private static final int BOUND = 4096;

    private static Map<String, Database> databases = Map.of();

    /** One server of those on a database. */
    private record Server(CentralSessionStore store, LocalTransactions transactions) {

        String begin() {
            return store.memory().begin(ADA).id();
        }

        SessionView view(String session) {
            return store.find(ADA, session).orElseThrow();
        }

        byte[] content(String session, String name) {
            EntryRead read = store.entries(ADA, session, Set.of(name), Set.of()).get(0);
            return ((EntryRead.Content) read).toByteArray();
        }

        List<SessionEnded> ended() {
            List<SessionEnded> ended = new ArrayList<>();
            store.deliver(100, ended::add);
            return ended;
        }
    }

    @BeforeAll
    static void openDatabases() throws SQLException {
        databases = Map.of("H2", Database.h2(), "PostgreSQL", Database.postgres());
    }

    @AfterAll
    static void closeDatabases() {
        databases.values().forEach(Database::close);
    }

    private static Server server(Database database) {
        LocalTransactions transactions = database.transactions();
        return server(database, transactions, new Apart() {
            @Override
            public <T> T call(Supplier<T> action) {
                return transactions.apart(action);
            }
        });
    }

    private static Server server(Database database, LocalTransactions transactions, Apart apart) {
        JpaSessionStore store = new JpaSessionStore(
                transactions, database.dialect(), SessionSettings.defaults(), InstantSource.system());
        return new Server(Facades.around(store, transactions::isJoining, BOUND, apart), transactions);
    }

    private static SessionDelta put(String session, String name, int size, long expected) {
        byte[] content = new byte[size];
        content[0] = (byte) size;
        return SessionDelta.of(session).put(name, BYTES, content, expected);
    }

    private static boolean isListed(SessionStore store, String session) {
        return store.page(ADA, SessionQuery.all().kind(SessionKind.TEMPORARY)).items().stream()
                        .filter(item -> item.id().equals(session))
                        .count()
                == 1;
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void aPersistedOneMustBeSeenByOtherServersUntilItEnds(String kind) {
        Server server = server(databases.get(kind));
        Server other = server(databases.get(kind));

        SessionInfo begun = server.store().begin(ADA);

        assertThat(begun.id()).startsWith("temp_");
        assertThat(other.view(begun.id()).info()).isEqualTo(begun);
        assertThat(isListed(server.store(), begun.id())).isTrue();
        assertThat(server.store().memory().end(ADA, begun.id())).isFalse();
        server.store().end(ADA, begun.id());
        assertThat(other.store().find(ADA, begun.id())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void aPersistedOneMustTakeNoPartInTransactions(String kind) {
        Server server = server(databases.get(kind));
        Server other = server(databases.get(kind));

        String session = rolledBack(server, () -> {
            String begun = server.store().begin(ADA).id();
            server.store().save(ADA, put(begun, "e", 10, EntryChange.ABSENT));
            return begun;
        });
        assertThat(other.content(session, "e")).hasSize(10);

        rolledBack(server, () -> {
            server.store().end(ADA, session);
            return session;
        });
        assertThat(other.store().find(ADA, session)).isEmpty();
    }

    private static <T> T rolledBack(Server server, Supplier<T> action) {
        List<T> result = new ArrayList<>();
        assertThatThrownBy(() -> server.transactions().transaction(() -> {
                    result.add(action.get());
                    server.transactions().setRollbackOnly();
                    return result;
                }))
                .hasMessageContaining("marked for rollback");
        return result.get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void oneThatOutgrowsMemoryMustBecomeARowThatIsTheSame(String kind) {
        Server server = server(databases.get(kind));
        Server other = server(databases.get(kind));
        String session = server.begin();
        server.store().save(ADA, put(session, "a", 10, EntryChange.ABSENT));
        server.store().save(ADA, put(session, "gone", 10, EntryChange.ABSENT));
        server.store().save(ADA, SessionDelta.of(session).remove("gone", 1).increment("hits", 7));
        server.store().save(ADA, put(session, "a", 20, 1));
        SessionView before = server.view(session);
        assertThat(other.store().find(ADA, session)).as("still in memory").isEmpty();

        Saved saved = server.store().save(ADA, put(session, "big", BOUND, EntryChange.ABSENT));

        SessionView after = other.view(session);
        assertThat(saved.revision()).isEqualTo(before.info().revision() + 1);
        assertThat(after.info().revision()).isEqualTo(saved.revision());
        assertThat(after.info().createdAt()).isEqualTo(before.info().createdAt());
        assertThat(after.info().kind()).isEqualTo(SessionKind.TEMPORARY);
        assertThat(after.entries()).containsAll(before.entries()).hasSize(3);
        assertThat(server.view(session).entries()).isEqualTo(after.entries());
        assertThat(other.content(session, "a")).hasSize(20);
        assertThat(other.content(session, "big")).hasSize(BOUND);
        assertThat(isListed(server.store(), session)).isTrue();
        assertThatThrownBy(() -> server.store().save(ADA, put(session, "a", 30, 1)))
                .as("by a version of which only memory knew")
                .isInstanceOf(SessionConflictException.class);
        assertThat(server.store()
                        .save(ADA, put(session, "gone", 1, EntryChange.ABSENT))
                        .versions())
                .containsEntry("gone", 2L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void oneThatWasMovedMustEndOnce(String kind) {
        Server server = server(databases.get(kind));
        String session = server.begin();
        server.store().save(ADA, put(session, "big", BOUND + 1, EntryChange.ABSENT));
        assertThat(server.ended()).extracting(SessionEnded::session).doesNotContain(session);

        assertThat(server.store().memory().end(ADA, session)).isFalse();
        server.store().end(ADA, session);

        assertThat(server.store().find(ADA, session)).isEmpty();
        assertThat(server.ended()).extracting(SessionEnded::session).containsOnlyOnce(session);
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void whatSomebodyChangesWhileItIsMovedMustBeThere(String kind) {
        List<Runnable> intruder = new ArrayList<>();
        Server server = intruded(databases.get(kind), intruder);
        String session = server.begin();
        intruder.add(() -> server.store().save(ADA, put(session, "small", 10, EntryChange.ABSENT)));

        server.store().save(ADA, put(session, "big", BOUND + 1, EntryChange.ABSENT));

        assertThat(intruder).isEmpty();
        assertThat(server(databases.get(kind)).view(session).entries())
                .extracting(entry -> entry.name())
                .containsExactly("big", "small");
        assertThat(server.ended()).extracting(SessionEnded::session).doesNotContain(session);
    }

    /** A server where that is done, once, when a row is committed and the session is still in memory. */
    private static Server intruded(Database database, List<Runnable> intruder) {
        return server(database, database.transactions(), new Apart() {
            @Override
            public <T> T call(Supplier<T> action) {
                T result = action.get();
                if (!intruder.isEmpty()) {
                    intruder.remove(0).run();
                }
                return result;
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"H2", "PostgreSQL"})
    void oneThatEndsWhileItIsMovedMustLeaveNoRow(String kind) {
        List<Runnable> intruder = new ArrayList<>();
        Server server = intruded(databases.get(kind), intruder);
        String session = server.begin();
        intruder.add(() -> assertThat(server.store().memory().end(ADA, session)).isTrue());

        assertThatThrownBy(() -> server.store().save(ADA, put(session, "big", BOUND + 1, EntryChange.ABSENT)))
                .isInstanceOf(SessionNotFoundException.class);

        assertThat(intruder).isEmpty();
        assertThat(server(databases.get(kind)).store().find(ADA, session)).isEmpty();
        assertThat(server.ended()).extracting(SessionEnded::session).containsOnlyOnce(session);
    }

    @Test
    void oneThatCanNotBeMovedMustStayInMemoryAsItWas() throws SQLException {
        Server server;
        String session;
        try (Database database = Database.h2()) {
            server = server(database);
            session = server.begin();
            server.store().save(ADA, put(session, "a", 10, EntryChange.ABSENT));
        }

        assertThatThrownBy(() -> server.store().save(ADA, put(session, "a", BOUND + 1, 1)))
                .isInstanceOfAny(StoreUnavailableException.class, IllegalStateException.class);

        assertThat(server.content(session, "a")).hasSize(10);
        assertThat(server.store().memory().end(ADA, session)).isTrue();
    }

    @Test
    void onlyWhatOutgrowsMemoryMustBeMoved() {
        Server server = server(databases.get("H2"));
        Server other = server(databases.get("H2"));
        String session = server.begin();

        server.store().save(ADA, put(session, "a", BOUND, EntryChange.ABSENT));
        server.store().save(ADA, put(session, "a", BOUND, 1));
        server.store().save(ADA, SessionDelta.of(session).remove("a", 2));

        assertThat(other.store().find(ADA, session)).isEmpty();
        assertThat(server.store().memory().end(ADA, session)).isTrue();
    }
}
