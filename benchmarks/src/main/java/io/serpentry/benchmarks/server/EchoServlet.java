// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.server;

import io.serpentry.benchmarks.EchoTable;
import io.serpentry.benchmarks.FloorProcess;
import io.serpentry.connector.PythonConnectionFactory;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ResourceBundle;

/** Answers with the table of echoes, measured in the thread of the request; {@code ?quick} for short rounds. */
@WebServlet("/echoes")
public class EchoServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Resource(lookup = "java:/eis/Python")
    private transient PythonConnectionFactory python;

    /** Where the interpreter and the floor's script are stands in the WAR, so that no request can name another program. */
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        ResourceBundle paths = ResourceBundle.getBundle("benchmark");
        response.setContentType("text/plain;charset=UTF-8");
        boolean quick = request.getParameter("quick") != null;
        try (FloorProcess floor =
                new FloorProcess(Path.of(paths.getString("python")), Path.of(paths.getString("floor")))) {
            new EchoTable(floor, python, quick).write(response.getWriter(), true);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }
}
