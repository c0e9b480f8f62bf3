// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.SystemException;
import jakarta.transaction.UserTransaction;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** A conversation with Python over HTTP: lines that are said, in a transaction or in none, and a count of those in one. */
@WebServlet("/conversation")
public class ConversationDesk extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Inject
    transient PythonSessions sessions;

    @Resource
    transient UserTransaction transaction;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        String session = request.getParameter("session");
        String text = request.getParameter("text");
        String answer =
                switch (request.getMethod()) {
                    case "PUT" ->
                        sessions.create(NewSession.durable().id(session)).info().id();
                    case "POST" ->
                        Boolean.parseBoolean(request.getParameter("transaction"))
                                ? saidInTransaction(session, text)
                                : said(session, text);
                    default -> read(session, "lines") + "\n" + read(session, "count");
                };
        response.getWriter().print(answer);
    }

    private String said(String session, String text) {
        Invocation append = Invocation.of("notebook.append").argument("text", text);
        return sessions.execute(session, append, Integer.class).toString();
    }

    private String saidInTransaction(String session, String text) throws ServletException {
        try {
            transaction.begin();
            String length = said(session, text);
            sessions.execute(session, Invocation.of("counter.increment"), Integer.class);
            transaction.commit();
            return length;
        } catch (NotSupportedException
                | SystemException
                | RollbackException
                | HeuristicMixedException
                | HeuristicRollbackException e) {
            throw new ServletException(e);
        }
    }

    private String read(String session, String name) {
        Invocation read = Invocation.of("notebook.read").argument("name", name);
        Object value = sessions.execute(session, read, Object.class);
        return value instanceof List<?> lines
                ? lines.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
    }
}
