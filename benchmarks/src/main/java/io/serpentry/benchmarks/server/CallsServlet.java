// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.server;

import io.serpentry.benchmarks.calls.CallTables;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.placement.Migrations;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.SessionStore;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.UserTransaction;
import java.io.IOException;

/** Answers with the tables of calls in sessions, measured in the thread of the request; {@code ?quick} for short rounds. */
@WebServlet("/calls")
public class CallsServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Resource(lookup = "java:/eis/Python")
    private transient PythonConnectionFactory python;

    @Inject
    private transient PythonSessions sessions;

    @Inject
    private transient SessionStore store;

    @Inject
    private transient Migrations migrations;

    @Inject
    @Pool
    private transient PythonPool pool;

    @Resource
    private transient UserTransaction transaction;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        response.setContentType("text/plain;charset=UTF-8");
        boolean quick = request.getParameter("quick") != null;
        try {
            new CallTables(python, sessions, store, transaction, migrations, pool, quick)
                    .write(response.getWriter(), request.getParameter("only"));
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }
}
