// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.PythonException;
import io.serpentry.dspy.Compilation;
import io.serpentry.dspy.DspyPrograms;
import io.serpentry.dspy.LanguageModel;
import io.serpentry.dspy.NewProgram;
import io.serpentry.dspy.Prediction;
import io.serpentry.dspy.ProgramInfo;
import io.serpentry.dspy.Programs;
import io.serpentry.dspy.Signature;
import io.serpentry.dspy.Training;
import io.serpentry.session.NewSession;
import io.serpentry.session.PythonSessions;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
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
import java.util.Map;
import java.util.stream.Collectors;

/** Programs of an application outside of the EAR, over HTTP. What is refused is answered with 409, code and text. */
@WebServlet("/programs/*")
public class ProgramDesk extends HttpServlet {

    private static final long serialVersionUID = 1;

    @Inject
    transient DspyPrograms dspy;

    @Inject
    transient PythonSessions sessions;

    @Resource
    transient UserTransaction transaction;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String session = request.getParameter("session");
        try {
            response.getWriter().print(served(request.getPathInfo(), session, request.getParameter("url")));
        } catch (PythonException e) {
            response.setStatus(HttpServletResponse.SC_CONFLICT);
            response.getWriter().print(e.code() + " " + e.retryable() + ": " + e.getMessage());
        } catch (NotSupportedException
                | SystemException
                | RollbackException
                | HeuristicMixedException
                | HeuristicRollbackException e) {
            response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            response.getWriter().print(e);
        }
    }

    private String served(String action, String session, String url)
            throws NotSupportedException, SystemException, RollbackException, HeuristicMixedException,
                    HeuristicRollbackException {
        Programs programs = session == null ? dspy.global() : dspy.in(session);
        return switch (action) {
            case "/open" ->
                sessions.create(NewSession.durable().id(session)).info().id();
            case "/configure" -> configured(session, url);
            case "/create" -> created(programs);
            case "/execute" -> executed(programs.execute("typed", Map.of("question", "how many", "words", "a b")));
            case "/list" -> list(programs);
            case "/compile" -> compiled(programs);
            case "/delete" -> programs.delete("typed") + " " + programs.delete("typed");
            case "/clear" -> Integer.toString(programs.clear());
            case "/rolledBack" -> rolledBack(programs);
            case "/committed" -> committed(programs);
            case "/agentRolledBack" -> agentRolledBack(programs, session);
            case "/seat" -> seat(session);
            default -> throw new IllegalArgumentException(action);
        };
    }

    private String configured(String session, String url) {
        LanguageModel model = LanguageModel.of("openai/of-the-desk")
                .baseUrl(url)
                .keyVariable("DSPY_TEST_API_KEY")
                .option("num_retries", 0);
        if (session == null) {
            dspy.configure(model);
        } else {
            dspy.configure(session, model);
        }
        return model.name();
    }

    private static String created(Programs programs) {
        Signature signature = Signature.empty()
                .input("question", "str")
                .input("words", "str", "to be counted")
                .output("count", "int")
                .instructions("Count.");
        programs.create(NewProgram.of("typed", "chain_of_thought", signature));
        return "created";
    }

    private static String executed(Prediction prediction) {
        return prediction.number("count") + " " + prediction.details().keySet() + " "
                + prediction.usage().get(0).model();
    }

    private static String list(Programs programs) {
        return programs.list().stream().map(ProgramDesk::line).collect(Collectors.joining("\n"));
    }

    private static String line(ProgramInfo program) {
        boolean executed = program.lastExecuted() != null;
        return program.id() + " " + program.type() + " " + program.global() + " " + program.executions() + " "
                + executed;
    }

    private static String compiled(Programs programs) {
        Training training = Training.bootstrapFewShot()
                .example(Map.of("question", "how many", "words", "a"), Map.of("count", 1))
                .option("max_bootstrapped_demos", 1)
                .option("max_labeled_demos", 1);
        Compilation compilation = programs.compile("typed", training);
        return compilation.demos() + " " + compilation.measured();
    }

    private String rolledBack(Programs programs) throws NotSupportedException, SystemException {
        transaction.begin();
        try {
            created(programs);
            return executed(programs.execute("typed", Map.of("question", "how many", "words", "a b"))) + " "
                    + list(programs);
        } finally {
            transaction.rollback();
        }
    }

    /** What the agent answers, and what it has booked as long as the transaction lasts. */
    private String agentRolledBack(Programs programs, String session) throws NotSupportedException, SystemException {
        NewProgram.Tool book =
                NewProgram.Tool.method("seats.book", "Books a seat.", Map.of("session", "string", "seat", "string"));
        transaction.begin();
        try {
            programs.create(NewProgram.react("agent", "wish -> answer", book));
            Prediction answer = programs.execute("agent", Map.of("wish", "a window"));
            return answer.outputs().getString("answer") + " "
                    + answer.usage().get(0).calls() + " " + seat(session);
        } finally {
            transaction.rollback();
        }
    }

    private String seat(String session) {
        return sessions.open(session).entry("seat").isPresent() ? "booked" : "free";
    }

    private String committed(Programs programs)
            throws NotSupportedException, SystemException, RollbackException, HeuristicMixedException,
                    HeuristicRollbackException {
        transaction.begin();
        created(programs);
        transaction.commit();
        return "committed";
    }
}
