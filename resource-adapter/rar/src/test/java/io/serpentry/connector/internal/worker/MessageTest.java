// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.PythonException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values at their limits: each arrives exactly or is refused by a typed error, and the connection goes on. */
@Tag("core")
class MessageTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    private WorkerChannel channel;

    @BeforeEach
    void open() throws IOException {
        PoolFixture.Settings settings = new PoolFixture.Settings();
        settings.maxMessageSize = 64 * 1024;
        channel = PoolFixture.taken(fixture.pool(settings));
    }

    private Object echo(Object value) {
        return fixture.call(channel, "probe.echo", "value", value);
    }

    private PythonException refused(ErrorCode code, String function, Object... arguments) {
        PythonException failure = PoolFixture.failure(() -> fixture.call(channel, function, arguments));
        assertThat(failure.code()).isEqualTo(code);
        assertThat(fixture.call(channel, "probe.add", "left", 1, "right", 2))
                .as("the connection goes on")
                .hasToString("3");
        return failure;
    }

    @Test
    void numbersMustArriveExactly() {
        assertThat(echo(9007199254740993L)).hasToString("9007199254740993");
        assertThat(echo(new BigInteger("123456789012345678901234567890")))
                .hasToString("123456789012345678901234567890");
        assertThat(echo(Long.MIN_VALUE)).hasToString("-9223372036854775808");
        assertThat(new BigDecimal(echo(0.1).toString())).isEqualByComparingTo("0.1");
    }

    @Test
    void textMustArriveExactlyEvenWhereItIsNoUnicode() {
        String text = "äöü \uD83D\uDE00 \u0000 \"quoted\\ \u2028";
        assertThat(echo(text)).isEqualTo(text);
        assertThat(echo("lone \uD800 surrogate")).isEqualTo("lone \uD800 surrogate");
        assertThat(echo("")).isEqualTo("");
    }

    @Test
    void collectionsAndNullsMustArrive() {
        Map<String, Object> map = new HashMap<>();
        map.put("list", List.of("a", true));
        map.put("none", null);
        assertThat(echo(map)).isEqualTo(map);
        assertThat(echo(null)).isNull();
    }

    @Test
    void aResultOverTheLimitMustBeATypedError() {
        PythonException failure = refused(ErrorCode.MESSAGE_TOO_LARGE, "probe.make", "size", 100_000);

        assertThat(failure.context()).containsEntry("limit", "65536");
    }

    @Test
    void resultsWithoutAJsonFormMustBeRefused() {
        assertThat(refused(ErrorCode.PYTHON_RAISED, "probe.not_a_number")).hasMessageContaining("nan");
        assertThat(refused(ErrorCode.PYTHON_RAISED, "probe.opaque")).hasMessageContaining("object");
        refused(ErrorCode.PYTHON_RAISED, "probe.nested", "depth", 5_000);
    }

    @Test
    void anUnknownFunctionMustBeNamed() {
        assertThat(refused(ErrorCode.UNKNOWN_FUNCTION, "probe.ad")).hasMessageContaining("probe.ad");
        refused(ErrorCode.UNKNOWN_FUNCTION, "os.system");
    }

    @Test
    void wrongArgumentsMustBeNamed() {
        assertThat(refused(ErrorCode.INVALID_ARGUMENT, "probe.add", "left", 1)).hasMessageContaining("right");
        assertThat(refused(ErrorCode.INVALID_ARGUMENT, "probe.add", "left", 1, "right", 2, "more", 3))
                .hasMessageContaining("more");
        assertThat(refused(ErrorCode.INVALID_ARGUMENT, "probe.add", "left", 1, "right", "two"))
                .hasMessageContaining("right");
    }

    @Test
    void whatPythonRaisesMustShowItsFrames() {
        PythonException failure = refused(ErrorCode.PYTHON_RAISED, "probe.fail", "text", "no such claim");

        assertThat(failure).hasMessage("ValueError: no such claim");
        assertThat(failure.python().type()).isEqualTo("ValueError");
        assertThat(failure.python().traceback()).contains("_inner");
        StackTraceElement[] stack = failure.getStackTrace();
        assertThat(stack[0]).hasToString("probe._inner(probe.py:" + stack[0].getLineNumber() + ")");
        assertThat(stack[1].getMethodName()).isEqualTo("fail");
    }
}
