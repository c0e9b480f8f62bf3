// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.problem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.admin.http.JsonText;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonTrace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemTest {

    private static final Occurrence OCCURRENCE = new Occurrence("urn:uuid:1", "0af7651916cd43dd8448eb211c80319c");

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeMustGiveItsOwnStatus(ErrorCode code) {
        Problem problem = Problem.of(PythonException.of(ErrorDetail.of(code, "what happened")), OCCURRENCE, true);

        assertThat(problem.status()).isEqualTo(code.httpStatus());
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.category()).isEqualTo(code.category().name());
        assertThat(problem.detail()).isEqualTo("what happened");
    }

    @Test
    void aProblemMustHaveTheDocumentedShape() {
        assertThat(text(Problem.of(raised(), OCCURRENCE, true)))
                .isEqualTo("{\"type\":\"urn:serpentry:error:PYTHON_RAISED\",\"title\":\"Python raised\",\"status\":422,"
                        + "\"detail\":\"ValueError: no\",\"instance\":\"urn:uuid:1\",\"code\":\"PYTHON_RAISED\","
                        + "\"category\":\"PYTHON\",\"context\":{\"stderr\":\"/secret\",\"worker\":\"default-1\"},"
                        + "\"retryable\":true,\"traceId\":\"0af7651916cd43dd8448eb211c80319c\","
                        + "\"python\":{\"type\":\"ValueError\",\"message\":\"no\",\"traceback\":\"Traceback\"}}");
    }

    @Test
    void aViewerMustNotSeeWhatPythonWrote() {
        Problem problem = Problem.of(raised(), OCCURRENCE, false);

        assertThat(problem.python()).isEqualTo(new Problem.Python("ValueError", "no", null));
        assertThat(problem.context()).containsOnlyKeys("worker");
        assertThat(text(problem)).doesNotContain("Traceback").doesNotContain("/secret");
    }

    @ParameterizedTest
    @CsvSource({
        "400, INVALID_ARGUMENT, Invalid argument",
        "401, FORBIDDEN, Unauthorized",
        "403, FORBIDDEN, Forbidden",
        "404, NOT_FOUND, Not found",
        "405, INVALID_ARGUMENT, Method Not Allowed",
        "406, INVALID_ARGUMENT, Not Acceptable",
        "413, MESSAGE_TOO_LARGE, Message too large",
        "415, INVALID_ARGUMENT, Unsupported Media Type",
        "418, INVALID_ARGUMENT, HTTP status 418",
        "429, RATE_LIMITED, Rate limited",
        "500, INTERNAL, Internal",
        "503, INTERNAL, Service Unavailable",
    })
    void everyHttpStatusMustHaveACode(int status, ErrorCode code, String title) {
        Problem problem = Problem.of(status, "detail", OCCURRENCE);

        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.title()).isEqualTo(title);
    }

    @Test
    void theCallersTraceMustBeKept() {
        assertThat(Occurrence.now("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                        .traceId())
                .isEqualTo("0af7651916cd43dd8448eb211c80319c");
    }

    @ParameterizedTest
    @CsvSource({
        ",",
        "x",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd-b7ad6b7169203331-01"
    })
    void withoutAWellFormedTraceOneMustBeMade(String traceParent) {
        Occurrence occurrence = Occurrence.now(traceParent);

        assertThat(occurrence.traceId()).matches("[0-9a-f]{32}");
        assertThat(occurrence.instance().replace("-", "")).isEqualTo("urn:uuid:" + occurrence.traceId());
    }

    private static PythonException raised() {
        return PythonException.of(ErrorDetail.of(ErrorCode.PYTHON_RAISED, "ValueError: no")
                .retryable(true)
                .context(Map.of("worker", "default-1", "stderr", "/secret"))
                .python(new PythonTrace("ValueError", "no", "Traceback", List.of())));
    }

    private static String text(Problem problem) {
        return new String(JsonText.of(problem), UTF_8);
    }
}
