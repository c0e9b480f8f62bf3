// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.connector.MessageTooLargeException;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonRaisedException;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Application types through the container's own JSON-B. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class ValuesIT {

    /** The Java side of the Python dataclass {@code probe.Item}. */
    public record Item(String name, BigDecimal price, LocalDate due, Colour colour, List<String> tags, String note) {}

    public enum Colour {
        RED,
        BLUE
    }

    /** A record with bytes in it. */
    public record Picture(String title, byte[] pixels) {}

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    private PythonConnection connection;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(ValuesIT.class, Item.class, Colour.class, Picture.class);
    }

    @BeforeEach
    void open() {
        connection = python.getConnection();
    }

    @AfterEach
    void close() {
        connection.close();
    }

    @Test
    void aRecordMustBecomeADataclassAndBack() {
        BigDecimal price = new BigDecimal("12345678901234567890.123456789012345678901234567890");
        Item item = new Item("desk", price, LocalDate.of(2026, 11, 21), Colour.BLUE, List.of("oak", "öl"), null);

        Item swapped = connection.call("probe.swap").argument("item", item).returning(Item.class);

        assertThat(swapped).isEqualTo(new Item("ksed", price, item.due(), Colour.BLUE, List.of("oak", "öl"), null));
    }

    @Test
    void bytesMustTravelAsTheyAre() {
        byte[] data = new byte[3_000_000];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31);
        }

        assertThat(connection.call("probe.bytes_of").argument("data", data).returning(byte[].class))
                .isEqualTo(data);
        assertThat(connection
                        .call("probe.bytes_of")
                        .argument("data", ByteBuffer.wrap(data))
                        .returning(ByteBuffer.class))
                .isEqualTo(ByteBuffer.wrap(data));
    }

    @Test
    void bytesInsideARecordMustTravelAsTheyAre() {
        Picture picture = new Picture("dot", new byte[] {0, -1, 127, -128});

        Picture echoed =
                connection.call("probe.echo").argument("value", picture).returning(Picture.class);

        assertThat(echoed.title()).isEqualTo("dot");
        assertThat(echoed.pixels()).isEqualTo(picture.pixels());
    }

    @Test
    void mapsAndNullsMustArrive() {
        Map<?, ?> echoed = connection
                .call("probe.echo")
                .argument("value", Map.of("numbers", List.of(1, 2.5), "text", "x"))
                .returning(Map.class);

        assertThat(echoed.get("numbers")).hasToString("[1, 2.5]");
        assertThat(connection.call("probe.echo").argument("value", null).returning(String.class))
                .isNull();
    }

    @Test
    void aResultThatDoesNotFitTheWantedTypeMustBeRefused() {
        Throwable failure = catchThrowable(
                () -> connection.call("probe.echo").argument("value", "text").returning(Integer.class));

        assertThat(failure).isInstanceOf(InvalidArgumentException.class).hasMessageContaining("java.lang.Integer");
    }

    private void mustBeRefused(Object value) {
        Throwable failure = catchThrowable(
                () -> connection.call("probe.echo").argument("value", value).returning(Object.class));

        assertThat(failure).isInstanceOf(InvalidArgumentException.class).hasMessageContaining("value");
        assertThat(connection.call("probe.echo").argument("value", "on").returning(String.class))
                .as("the connection goes on")
                .isEqualTo("on");
    }

    @Test
    void argumentsWithoutAJsonFormMustBeRefused() {
        mustBeRefused(Double.NaN);
        mustBeRefused(Float.POSITIVE_INFINITY);
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        mustBeRefused(cycle);
        List<Object> deep = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            deep = new ArrayList<>(List.of(deep));
        }
        mustBeRefused(deep);
    }

    @Test
    void numbersAndTextAtTheirLimitsMustArriveExactly() {
        BigInteger big = BigInteger.TWO.pow(53).add(BigInteger.ONE);
        BigDecimal precise = new BigDecimal("0.1000000000000000055511151231257827");
        String lone = "lone \uD800 surrogate";

        assertThat(connection.call("probe.echo").argument("value", big).returning(BigInteger.class))
                .isEqualTo(big);
        assertThat(connection.call("probe.exact").argument("value", precise).returning(BigDecimal.class))
                .isEqualTo(precise);
        assertThat(connection.call("probe.echo").argument("value", lone).returning(String.class))
                .isEqualTo(lone);
    }

    @Test
    void aCallOverTheLimitMustBeRefusedBeforeItIsSent() {
        Throwable failure = catchThrowable(() -> connection
                .call("probe.bytes_of")
                .argument("data", new byte[134217728])
                .returning(Void.class));

        assertThat(failure)
                .isInstanceOf(MessageTooLargeException.class)
                .hasMessageContaining("maxMessageSize of 134217728");
        assertThat(connection.call("probe.pid").returning(Long.class)).isPositive();
    }

    @Test
    void thePrintedStackMustShowPythonAboveTheCaller() {
        Throwable failure = catchThrowable(() -> fail("boom"));

        assertThat(failure).isInstanceOf(PythonRaisedException.class);
        StackTraceElement[] stack = failure.getStackTrace();
        assertThat(stack[0].getFileName()).isEqualTo("probe.py");
        int caller = List.of(stack).stream()
                .map(StackTraceElement::getMethodName)
                .toList()
                .indexOf("fail");
        assertThat(caller).isPositive();
        assertThat(stack).noneMatch(frame -> frame.getClassName().contains(".internal.jca."));
    }

    private void fail(String text) {
        connection.call("probe.fail").argument("text", text).returning(Void.class);
    }
}
