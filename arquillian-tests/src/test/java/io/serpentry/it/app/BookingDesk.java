// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.PythonException;
import jakarta.ejb.EJB;
import jakarta.ejb.EJBException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.sql.SQLException;
import javax.naming.NamingException;

/** {@link Bookings} over HTTP: PUT opens a session, POST books a number in it, GET shows what is booked, DELETE opens
 * it again between two rows. */
@WebServlet("/bookings")
public class BookingDesk extends HttpServlet {

    private static final long serialVersionUID = 1;

    @EJB
    transient Bookings bookings;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            response.getWriter().print(served(request));
        } catch (PythonException e) {
            response.setStatus(HttpServletResponse.SC_CONFLICT);
            response.getWriter().print(e.code() + ": " + e.getMessage());
        } catch (EJBException | NamingException | SQLException e) {
            response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            response.getWriter().print(e);
        }
    }

    private String served(HttpServletRequest request) throws NamingException, SQLException {
        String source = "java:jboss/datasources/" + request.getParameter("source");
        String session = request.getParameter("session");
        return switch (request.getMethod()) {
            case "PUT" -> opened(source, session);
            case "POST" -> booked(source, session, request.getParameter("n"));
            case "DELETE" -> String.valueOf(bookings.openAgain(source, session, 1));
            default -> bookings.shown(source, session);
        };
    }

    private String opened(String source, String session) throws NamingException, SQLException {
        bookings.prepare(source);
        bookings.open(session);
        return session;
    }

    private String booked(String source, String session, String n) throws NamingException, SQLException {
        bookings.book(source, session, Integer.parseInt(n));
        return n;
    }
}
