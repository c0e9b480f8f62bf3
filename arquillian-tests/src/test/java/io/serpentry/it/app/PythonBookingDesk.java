// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.PythonException;
import io.serpentry.session.Invocation;
import jakarta.ejb.EJB;
import jakarta.ejb.EJBException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.naming.NamingException;

/**
 * {@link PythonBookings} over HTTP, as {@link BookingDesk} shows {@link Bookings}; a booking without Python; calls in a transaction, in
 * none and in no session; and how many connections to the database are in use. What Serpentry refuses is answered with 409, the code,
 * the exceptions of the chain and the text.
 */
@WebServlet({"/bookings", "/stored", "/call", "/plain", "/anonymous", "/connections"})
public class PythonBookingDesk extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final String CONNECTIONS = "jboss.as:subsystem=datasources,data-source=SerpentryDS,statistics=pool";
    private static final Set<String> OWN = Set.of("source", "session", "n", "function", "timeout", "persisted");

    @EJB
    transient Bookings bookings;

    @EJB
    transient PythonBookings python;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            response.getWriter().print(served(request));
        } catch (PythonException e) {
            response.setStatus(HttpServletResponse.SC_CONFLICT);
            response.getWriter().print(e.code() + " " + chain(e) + " " + e.getMessage());
        } catch (EJBException | NamingException | SQLException | JMException e) {
            response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            response.getWriter().print(e);
        }
    }

    private static String chain(Throwable failure) {
        String name = failure.getClass().getSimpleName();
        return failure.getCause() == null ? name : name + "<" + chain(failure.getCause());
    }

    private String served(HttpServletRequest request) throws NamingException, SQLException, JMException {
        String source = "java:jboss/datasources/" + request.getParameter("source");
        String session = request.getParameter("session");
        String n = request.getParameter("n");
        return switch (request.getMethod() + " " + request.getServletPath()) {
            case "PUT /bookings" -> opened(source, session);
            case "POST /bookings" -> booked(source, session, n);
            case "GET /bookings" -> bookings.shown(source, session);
            case "POST /call" -> python.callAfterwards(source, session, n, call(request));
            case "POST /plain" -> python.callInNoTransaction(session, call(request));
            case "PUT /stored" -> stored(source, session, n);
            case "POST /anonymous" -> python.callAnonymously(call(request));
            default -> connectionsInUse();
        };
    }

    private static Invocation call(HttpServletRequest request) {
        Invocation call = Invocation.of(request.getParameter("function"))
                .persisted(Boolean.parseBoolean(request.getParameter("persisted")));
        for (Map.Entry<String, String[]> parameter : request.getParameterMap().entrySet()) {
            if (!OWN.contains(parameter.getKey())) {
                call = call.argument(parameter.getKey(), parameter.getValue()[0]);
            }
        }
        String timeout = request.getParameter("timeout");
        return timeout == null ? call : call.timeout(Duration.parse(timeout));
    }

    private String opened(String source, String session) throws NamingException, SQLException {
        bookings.prepare(source);
        bookings.open(session);
        return session;
    }

    private String booked(String source, String session, String n) {
        python.book(source, session, Integer.parseInt(n));
        return n;
    }

    private String stored(String source, String session, String n) throws NamingException, SQLException {
        bookings.book(source, session, Integer.parseInt(n));
        return n;
    }

    private static String connectionsInUse() throws JMException {
        return ManagementFactory.getPlatformMBeanServer()
                .getAttribute(new ObjectName(CONNECTIONS), "InUseCount")
                .toString();
    }
}
