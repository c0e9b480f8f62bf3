// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.problem;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.serpentry.admin.http.JsonText;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * What the container itself refuses, before a resource is reached: as a problem below {@code /api}, as a line of text
 * elsewhere. web.xml names it as the page for every error.
 */
@WebServlet(urlPatterns = ErrorPage.PATH)
public class ErrorPage extends HttpServlet {

    static final String PATH = "/error";

    private static final long serialVersionUID = 1;

    private static final String CHALLENGE = "WWW-Authenticate";

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int status = status(request);
        String path = path(request);
        String detail = detail(status, request.getMethod(), path);
        response.setStatus(status);
        if (status == HttpServletResponse.SC_UNAUTHORIZED && !response.containsHeader(CHALLENGE)) {
            response.setHeader(CHALLENGE, "Basic realm=\"ApplicationRealm\"");
        }
        if (path.startsWith(request.getContextPath() + "/api/")) {
            Problem problem = Problem.of(status, detail, Occurrence.now(request.getHeader("traceparent")));
            send(response, Problem.MEDIA_TYPE, JsonText.of(problem));
        } else {
            send(response, "text/plain;charset=utf-8", (detail + "\n").getBytes(UTF_8));
        }
    }

    private static int status(HttpServletRequest request) {
        if (hasUnreadableCredentials(request)) {
            return HttpServletResponse.SC_UNAUTHORIZED;
        }
        int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer told
                ? told
                : HttpServletResponse.SC_NOT_FOUND;
        // So the container answers methods it has never heard of, which are not its own fault.
        return status == HttpServletResponse.SC_NOT_IMPLEMENTED ? HttpServletResponse.SC_METHOD_NOT_ALLOWED : status;
    }

    /** WildFly throws where credentials are no base 64; every other request is by somebody when it reaches our code. */
    private static boolean hasUnreadableCredentials(HttpServletRequest request) {
        return request.getUserPrincipal() == null
                && request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof IllegalArgumentException;
    }

    private static String path(HttpServletRequest request) {
        return request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String path
                ? path
                : request.getRequestURI();
    }

    private static String detail(int status, String method, String path) {
        return switch (status) {
            case 401 -> "sign in as a user of this server (HTTP Basic)";
            case 403 -> "your user needs one of the roles viewer, operator, admin";
            case 404 -> "nothing is served at " + path;
            case 405 -> method + " is not served at " + path;
            default ->
                status < 500 ? "the request can not be understood" : "something went wrong in the server; see its log";
        };
    }

    private static void send(HttpServletResponse response, String type, byte[] body) throws IOException {
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
