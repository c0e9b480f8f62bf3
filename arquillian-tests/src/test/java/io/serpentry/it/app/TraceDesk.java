// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.cdi.PythonCallable;
import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.jboss.logging.Logger;

/** Makes a call that calls back, in a session of its own, and answers with the {@code traceparent} that Python had. */
@WebServlet("/trace")
public class TraceDesk extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Inject
    transient PythonSessions sessions;

    /** What Python asks. */
    @ApplicationScoped
    public static class Clerk {

        @PythonCallable("clerk.sign")
        public String sign() {
            Logger.getLogger(TraceDesk.class).info("signed by the clerk");
            return "signed";
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String session = sessions.create(NewSession.durable()).id();
        Invocation asking = Invocation.of("notebook.trace_headers").argument("question", "clerk.sign");
        Map<?, ?> headers = sessions.execute(session, asking, Map.class);
        response.getWriter().print(session + " " + headers.get("traceparent"));
    }
}
