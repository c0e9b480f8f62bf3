// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A crowd of sessions over HTTP: PUT opens {@code count} of them, POST makes a call in each and tells how often that was done. */
@WebServlet("/crowd")
public class MoveDesk extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Inject
    transient PythonSessions sessions;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String prefix = request.getParameter("prefix");
        int count = Integer.parseInt(request.getParameter("count"));
        boolean opens = request.getMethod().equals("PUT");
        int least = Integer.MAX_VALUE;
        int most = 0;
        for (int i = 0; i < count; i++) {
            if (opens) {
                sessions.create(NewSession.durable().id(prefix + i));
            }
            Invocation append = Invocation.of("notebook.append").argument("text", "line");
            int length = sessions.execute(prefix + i, append, Integer.class);
            least = Math.min(least, length);
            most = Math.max(most, length);
        }
        response.getWriter().print(least + " to " + most);
    }
}
