// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.cdi.PythonCallable;
import io.serpentry.session.Invocation;
import io.serpentry.session.PythonSessions;
import jakarta.annotation.Resource;
import jakarta.ejb.EJBContext;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.sql.SQLException;
import javax.naming.NamingException;

/** {@link Bookings} of which Python writes the entry, and asks this application for the row. */
@Stateless
public class PythonBookings {

    /** What Python sends. */
    public record Row(String source, String session, int n) {}

    @Resource
    EJBContext context;

    @Inject
    PythonSessions sessions;

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    /** In one transaction. Every third number comes with hooks. */
    public void book(String source, String session, int n) {
        Invocation book = Invocation.of("notebook.book")
                .argument("source", source)
                .argument("n", n)
                .argument("hooks", n % 3 == 0);
        execute(session, book);
    }

    /** Needs a transaction. The id of the worker's process, which is called once more from here. */
    @PythonCallable("bookings.row")
    public long add(Row row) throws NamingException, SQLException {
        Bookings.addRow(row.source(), row.session(), row.n());
        try (PythonConnection connection = python.getConnection()) {
            return connection.call("probe.pid").returning(Long.class);
        }
    }

    /** In one transaction: a row, an entry that is staged, and then that call; all or nothing. No row without a number. */
    public String callAfterwards(String source, String session, String n, Invocation last)
            throws NamingException, SQLException {
        if (n != null) {
            Bookings.addRow(source, session, Integer.parseInt(n));
        }
        execute(session, Invocation.of("notebook.append").argument("text", "staged"));
        try {
            return execute(session, last);
        } catch (PythonException e) {
            context.setRollbackOnly();
            throw e;
        }
    }

    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public String callInNoTransaction(String session, Invocation call) {
        return execute(session, call);
    }

    private String execute(String session, Invocation call) {
        return String.valueOf(sessions.as(Bookings.DESK).execute(session, call, Object.class));
    }

    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public String callAnonymously(Invocation call) {
        return String.valueOf(sessions.as(Bookings.DESK).executeAnonymous(call, Object.class));
    }
}
