// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.event.EventLog;
import io.serpentry.event.NewEvent;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Publishes numbered events for whoever asks over HTTP, one after the other. */
@WebServlet("/events")
public class EventDesk extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Inject
    transient EventLog log;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String padding = "x".repeat(Integer.parseInt(request.getParameter("padding")));
        int from = Integer.parseInt(request.getParameter("from"));
        int to = Integer.parseInt(request.getParameter("to"));
        for (int number = from; number < to; number++) {
            Map<String, Object> data = Map.of("run", request.getParameter("run"), "number", number, "padding", padding);
            log.publish(List.of(new NewEvent(request.getParameter("type"), data)));
        }
        response.getWriter().print(to - from);
    }
}
