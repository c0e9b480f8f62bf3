// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.PythonException;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.Invocation;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.ReadOnlySession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreMonitor;
import io.serpentry.session.StoreStatus;
import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.stream.Collectors;

/** The sessions of whoever asks over HTTP, each with one entry. What the store refuses is answered with 409, code and text. */
@WebServlet("/sessions/*")
public class SessionDesk extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final String ENTRY = "entry";

    @Inject
    transient PythonSessions sessions;

    @Inject
    transient SessionStore store;

    @Inject
    transient StoreMonitor monitor;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            response.getWriter().print(served(request));
        } catch (PythonException e) {
            response.setStatus(HttpServletResponse.SC_CONFLICT);
            response.getWriter().print(e.code() + ": " + e.getMessage());
        }
    }

    private String served(HttpServletRequest request) {
        String id = request.getParameter("id");
        String action = request.getMethod() + " " + (request.getPathInfo() == null ? "" : request.getPathInfo());
        return switch (action) {
            case "PUT " -> created(id, request.getParameter("idle"));
            case "GET " -> sessions.find(id).map(SessionDesk::line).orElse("none");
            case "POST " -> saved(caller(request), id, request.getParameter("text"), request.getParameter("expected"));
            case "POST /increment" -> incremented(caller(request), id);
            case "POST /append" -> appended(request);
            case "POST /gate" -> appendedAtGate(request);
            case "DELETE " -> Boolean.toString(sessions.delete(id));
            case "POST /open" -> sessions.open(id).info().owner();
            case "GET /text" -> text(id);
            case "GET /list" -> list();
            case "GET /status" -> line(monitor.status());
            default -> throw new IllegalArgumentException(action);
        };
    }

    private static Caller caller(HttpServletRequest request) {
        Principal principal = request.getUserPrincipal();
        return Caller.of(principal == null ? "anonymous" : principal.getName());
    }

    private String created(String id, String idle) {
        Duration timeout = idle == null ? null : Duration.parse(idle);
        return sessions.create(NewSession.durable().id(id).idleTimeout(timeout))
                .info()
                .owner();
    }

    private String saved(Caller caller, String id, String text, String expected) {
        long base = expected == null ? EntryChange.ANY : Long.parseLong(expected);
        SessionDelta delta = SessionDelta.of(id).put(ENTRY, "text/plain", text.getBytes(StandardCharsets.UTF_8), base);
        return store.save(caller, delta).versions().get(ENTRY).toString();
    }

    private String incremented(Caller caller, String id) {
        return store.save(caller, SessionDelta.of(id).increment("count", 1))
                .counters()
                .get("count")
                .toString();
    }

    /** Exclusively, within the time that is asked for; how many lines there are then. */
    private String appended(HttpServletRequest request) {
        return exclusively(request, Invocation.of("notebook.append").argument("text", request.getParameter("text")));
    }

    /** The same, and the call lasts until there is the file {@code proceed}. */
    private String appendedAtGate(HttpServletRequest request) {
        return exclusively(
                request,
                Invocation.of("notebook.append_slowly")
                        .argument("text", request.getParameter("text"))
                        .argument("begun", request.getParameter("begun"))
                        .argument("proceed", request.getParameter("proceed")));
    }

    private String exclusively(HttpServletRequest request, Invocation call) {
        Duration within = Duration.parse(request.getParameter("within"));
        return String.valueOf(sessions.execute(request.getParameter("id"), call.exclusive(within), Integer.class));
    }

    /** Owner, revision and age in milliseconds. */
    private static String line(ReadOnlySession session) {
        return session.info().owner() + " " + session.info().revision() + " "
                + session.age().toMillis();
    }

    private String text(String id) {
        return sessions.find(id)
                .flatMap(session -> session.entry(ENTRY))
                .map(content -> content.text())
                .orElse("none");
    }

    private String list() {
        return sessions.page(SessionQuery.all()).items().stream()
                .map(SessionInfo::id)
                .collect(Collectors.joining(" "));
    }

    /** State of the circuit, how many were swept, when last, adapter, and why the database could not be reached. */
    private static String line(StoreStatus status) {
        return status.circuit() + " " + status.swept() + " " + status.lastSweep() + " " + status.adapter() + " "
                + status.lastFailure();
    }
}
