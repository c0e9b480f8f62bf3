// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** Keeps numbers twice: as rows of the application, and as entries of a session, which also counts them. */
@Stateless
public class Bookings {

    static final Caller DESK = Caller.of("desk");
    private static final String COUNT = "count";

    @Inject
    SessionStore store;

    private static Connection connection(String source) throws NamingException, SQLException {
        return InitialContext.<DataSource>doLookup(source).getConnection();
    }

    /** Makes the table, if it is not there. */
    public void prepare(String source) throws NamingException, SQLException {
        try (Connection connection = connection(source);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table if not exists booking (session varchar(128), n integer, primary key (session, n))");
        }
    }

    public void open(String session) {
        store.create(DESK, NewSession.durable().id(session));
    }

    /** Books a number in both places, in one transaction. */
    public void book(String source, String session, int n) throws NamingException, SQLException {
        // Which of the two comes first must not matter.
        if (n % 2 == 0) {
            addRow(source, session, n);
            addEntry(session, n);
        } else {
            addEntry(session, n);
            addRow(source, session, n);
        }
    }

    /** Would open a session that there is, between two rows; false if that was not refused. */
    public boolean openAgain(String source, String session, int n) throws NamingException, SQLException {
        addRow(source, session, n);
        try {
            open(session);
            return false;
        } catch (SessionExistsException e) {
            addRow(source, session, n + 1);
            addEntry(session, n + 1);
            return true;
        }
    }

    static void addRow(String source, String session, int n) throws NamingException, SQLException {
        try (Connection connection = connection(source);
                PreparedStatement insert =
                        connection.prepareStatement("insert into booking (session, n) values (?, ?)")) {
            insert.setString(1, session);
            insert.setInt(2, n);
            insert.executeUpdate();
        }
    }

    private void addEntry(String session, int n) {
        byte[] content = Integer.toString(n).getBytes(StandardCharsets.UTF_8);
        SessionDelta delta = SessionDelta.of(session)
                .put("n" + n, "text/plain", content, EntryChange.ABSENT)
                .increment(COUNT, 1);
        store.save(DESK, delta);
    }

    /** The numbers that are rows. */
    public List<Integer> rows(String source, String session) throws NamingException, SQLException {
        List<Integer> rows = new ArrayList<>();
        try (Connection connection = connection(source);
                PreparedStatement query = connection.prepareStatement("select n from booking where session = ?")) {
            query.setString(1, session);
            try (ResultSet found = query.executeQuery()) {
                while (found.next()) {
                    rows.add(found.getInt(1));
                }
            }
        }
        return rows;
    }

    /** The numbers that are contents of entries. */
    public List<Integer> entries(String session) {
        List<String> names = view(session).entries().stream()
                .map(EntryInfo::name)
                .filter(name -> !name.equals(COUNT))
                .toList();
        List<Integer> numbers = new ArrayList<>();
        for (int from = 0; from < names.size(); from += 500) {
            Set<String> some = new HashSet<>(names.subList(from, Math.min(from + 500, names.size())));
            store.entries(DESK, session, some, Set.of()).forEach(read -> numbers.add(number(read)));
        }
        return numbers;
    }

    public int count(String session) {
        return store.entries(DESK, session, Set.of(COUNT), Set.of()).stream()
                .mapToInt(Bookings::number)
                .sum();
    }

    /** Three lines: the numbers that are rows, those that are entries, and the count. The store is asked first. */
    public String shown(String source, String session) throws NamingException, SQLException {
        String entries = text(entries(session));
        return text(rows(source, session)) + "\n" + entries + "\n" + count(session);
    }

    private static String text(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private SessionView view(String session) {
        return store.find(DESK, session).orElseThrow();
    }

    private static int number(EntryRead read) {
        return Integer.parseInt(((EntryRead.Content) read).text());
    }
}
