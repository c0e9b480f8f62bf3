// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonRaisedException;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.it.app.AsClerk;
import io.serpentry.it.app.Callbacks;
import io.serpentry.it.app.ClerksDesk;
import io.serpentry.it.app.Sale;
import io.serpentry.it.app.Sales;
import io.serpentry.it.app.Work;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.ejb.EJBAccessException;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Python calls methods of the application that called it. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class CallbackIT {

    private static final int MANY_BYTES = 64 * 1024 * 1024;

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @Inject
    @Pool
    PythonPool pool;

    @EJB
    Work work;

    @EJB
    Sales sales;

    @EJB
    AsClerk clerk;

    private final String sale = "sale-" + UUID.randomUUID();

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.withPersistence(
                CallbackIT.class,
                Callbacks.class,
                Callbacks.Order.class,
                ClerksDesk.class,
                AsClerk.class,
                Work.class,
                Sale.class,
                Sales.class,
                Await.class);
    }

    @AfterEach
    void allConnectionsMustBeBack() {
        Await.until("nobody has a worker", () -> pool.statistics().busy() == 0);
    }

    /** Has Python call that method; its result is Python's. */
    private <T> T ask(Class<T> type, String name, Map<String, ?> arguments) {
        try (PythonConnection connection = python.getConnection()) {
            return askOn(connection, "ask", type, name, arguments);
        }
    }

    private static <T> T askOn(
            PythonConnection connection, String function, Class<T> type, String name, Map<String, ?> arguments) {
        return connection
                .call("notebook." + function)
                .argument("name", name)
                .argument("arguments", arguments)
                .returning(type);
    }

    /** As {@link #ask}, but Python catches what it throws, and returns its text. */
    private String caught(String name, Map<String, ?> arguments) {
        try (PythonConnection connection = python.getConnection()) {
            return askOn(connection, "ask_and_catch", String.class, name, arguments);
        }
    }

    // ---- values

    @Test
    void argumentsAndResultsMustBeMappedAsThoseOfCallsAre() {
        Map<String, Object> order = Map.of("id", "é 1", "pieces", 21, "colours", List.of("red", "blue"));

        Map<?, ?> answer = ask(Map.class, "desk.double", Map.of("order", order));

        assertThat(answer.get("id")).isEqualTo("é 1");
        assertThat(((Number) answer.get("pieces")).intValue()).isEqualTo(42);
        assertThat((List<?>) answer.get("colours")).hasToString("[red, blue]");
        assertThat(ask(Integer.class, "desk.add", Map.of("left", 1, "right", 2)))
                .isEqualTo(3);
    }

    @Test
    void aMethodWithoutANameMustBeCalledByThatOfItsBean() {
        assertThat(ask(Long.class, "callbacks.pid", Map.of())).isPositive();
    }

    @Test
    void manyBytesMustTravelBothWaysInACallWithinACall() throws Exception {
        byte[] data = new byte[MANY_BYTES];
        data[0] = 1;
        data[MANY_BYTES - 1] = 2;

        int length = work.inTransaction(() -> {
            try (PythonConnection connection = python.getConnection()) {
                return connection
                        .call("notebook.echo_through")
                        .argument("name", "desk.bounce")
                        .argument("data", data)
                        .returning(Integer.class);
            }
        });

        assertThat(length).isEqualTo(MANY_BYTES);
    }

    // ---- transactions

    @Test
    void whatAMethodStoresMustBeCommittedWithTheCallersTransaction() throws Exception {
        work.inTransaction(() -> ask(Void.class, "desk.sell", Map.of("id", sale)));

        assertThat(sales.has(sale)).isTrue();
    }

    @Test
    void whatAMethodStoresMustBeRolledBackWithTheCallersTransaction() {
        Throwable failure = catchThrowable(() -> work.inTransaction(() -> {
            ask(Void.class, "desk.sell", Map.of("id", sale));
            assertThat(sales.has(sale)).isTrue();
            throw new Exception("as the test wants it");
        }));

        assertThat(failure).hasMessage("as the test wants it");
        assertThat(sales.has(sale)).isFalse();
    }

    @Test
    void aCallWithinACallMustReachTheSameWorkerInATransaction() throws Exception {
        work.inTransaction(() -> {
            try (PythonConnection connection = python.getConnection()) {
                long within = askOn(connection, "ask", Long.class, "callbacks.pid", Map.of());

                assertThat(within).isEqualTo(connection.worker().pid());
                assertThat(connection.call("probe.pid").returning(Long.class)).isEqualTo(within);
            }
            return null;
        });
    }

    @Test
    void aCallWithinACallMustReachAnotherWorkerWithoutATransaction() {
        try (PythonConnection connection = python.getConnection()) {
            long within = askOn(connection, "ask", Long.class, "callbacks.pid", Map.of());

            assertThat(within).isNotEqualTo(connection.worker().pid());
        }
    }

    @Test
    void callsWithinCallsMustGoEightDeepAndNoDeeper() throws Exception {
        int deepest = work.inTransaction(() -> ask(Integer.class, "desk.descend", Map.of("left", 7)));

        assertThat(deepest).isEqualTo(7);
        work.inTransaction(() -> {
            Throwable failure = catchThrowable(() -> ask(Integer.class, "desk.descend", Map.of("left", 8)));
            assertThat(failure).hasRootCauseInstanceOf(ConnectionStateException.class);
            assertThat(failure).rootCause().hasMessageContaining("8 calls already wait");
            assertThat(ask(Integer.class, "desk.descend", Map.of("left", 7))).isEqualTo(7);
            return null;
        });
    }

    // ---- exceptions

    @Test
    void whatAMethodThrowsMustBeCaughtInPythonWithItsStack() {
        try (PythonConnection connection = python.getConnection()) {
            String stack =
                    askOn(connection, "ask_for_the_stack", String.class, "desk.refuse", Map.of("text", "not today"));

            assertThat(stack).startsWith("java.lang.IllegalArgumentException\n").contains("not today");
            assertThat(stack).contains(Callbacks.class.getName() + ".refuse(Callbacks.java:");
        }
        assertThat(caught("desk.refuse", Map.of("text", "not today"))).isEqualTo("HOST_RAISED: not today");
    }

    @Test
    void whatAMethodThrowsAndPythonLetsPassMustBeTheCauseOfWhatTheCallerGets() {
        Throwable failure = catchThrowable(() -> ask(Void.class, "desk.refuse", Map.of("text", "not today")));

        assertThat(failure)
                .isInstanceOf(PythonRaisedException.class)
                .hasMessageContaining("serpentry.HostError")
                .cause()
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("not today")
                .hasNoCause();
        assertThat(failure.getStackTrace()).as("the Python frames").anySatisfy(frame -> assertThat(frame.getFileName())
                .endsWith("notebook.py"));
        assertThat(failure.getStackTrace())
                .as("the caller's frames")
                .anySatisfy(frame -> assertThat(frame.getClassName()).isEqualTo(CallbackIT.class.getName()));
        assertThat(failure.getCause().getStackTrace())
                .as("the method's frames")
                .anySatisfy(frame -> assertThat(frame.getMethodName()).isEqualTo("refuse"));
    }

    @Test
    void whatPythonRaisesWithinAMethodMustCrossTheMethodAndTheCallAroundIt() throws Exception {
        work.inTransaction(() -> {
            Throwable failure = catchThrowable(() -> ask(Void.class, "desk.fail_in_python", Map.of("text", "deep")));

            assertThat(failure).isInstanceOf(PythonRaisedException.class);
            assertThat(failure)
                    .cause()
                    .isInstanceOf(PythonRaisedException.class)
                    .hasMessage("ValueError: deep");
            assertThat(failure.getCause().getStackTrace())
                    .anySatisfy(frame -> assertThat(frame.getFileName()).endsWith("probe.py"));
            assertThat(caught("desk.fail_in_python", Map.of("text", "deep")))
                    .isEqualTo("PYTHON_RAISED: ValueError: deep");
            return null;
        });
    }

    @Test
    void aNameThatNoMethodHasMustBeRefusedWithThoseThereAre() {
        assertThat(caught("desk.unheard_of", Map.of()))
                .startsWith("UNKNOWN_FUNCTION: ")
                .contains("'desk.unheard_of'")
                .contains("callbacks.pid")
                .contains("desk.sell");
    }

    @Test
    void argumentsThatDoNotFitMustBeRefusedByTheirNames() {
        assertThat(caught("desk.add", Map.of("left", 1)))
                .startsWith("INVALID_ARGUMENT: ")
                .contains("'right'");
        assertThat(caught("desk.add", Map.of("left", 1, "right", 2, "middle", 3)))
                .startsWith("INVALID_ARGUMENT: ")
                .contains("'middle'")
                .contains("left, right");
        assertThat(caught("desk.add", Map.of("left", 1, "right", "two")))
                .startsWith("INVALID_ARGUMENT: ")
                .contains("right");
        assertThat(caught("desk.double", Map.of("order", 7)))
                .startsWith("INVALID_ARGUMENT: ")
                .contains("order");
        assertThat(caught("desk.bounce", Map.of("data", Map.of("no", "bytes"))))
                .startsWith("INVALID_ARGUMENT: ")
                .contains("bytes were expected");
    }

    // ---- rights

    @Test
    void aMethodMustRunWithTheRightsOfTheCallerAndNoOthers() throws Exception {
        Throwable refused = catchThrowable(() -> ask(Boolean.class, "clerks.mine", Map.of()));
        boolean allowed = clerk.call(() -> ask(Boolean.class, "clerks.mine", Map.of()));

        assertThat(refused).isInstanceOf(PythonRaisedException.class);
        assertThat(refused).hasRootCauseInstanceOf(EJBAccessException.class);
        assertThat(allowed).isTrue();
    }
}
