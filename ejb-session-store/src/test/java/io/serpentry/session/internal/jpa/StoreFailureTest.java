// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.PythonInternalException;
import io.serpentry.session.StoreUnavailableException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only a database that does not work may open the circuit. */
class StoreFailureTest {

    private static RuntimeException of(String state, String message) {
        return StoreFailure.of(new IllegalStateException("wrapped", new SQLException(message, state)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"25P02", "25P03", "25001"})
    void aTransactionThatHasFailedBeforeMustBeTheCallersOwn(String state) {
        assertThat(of(state, "current transaction is aborted"))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("can only be rolled back")
                .hasMessageContaining("current transaction is aborted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "IJ031070: Transaction cannot proceed: STATUS_MARKED_ROLLBACK",
                "jakarta.resource.ResourceException: IJ000459: Transaction is not active"
            })
    void aTransactionThatTheContainerHasMarkedMustBeTheCallersOwn(String message) {
        assertThat(StoreFailure.of(new SQLException(message))).isInstanceOf(ConnectionStateException.class);
        assertThat(StoreFailure.of(new SQLException("no connection", new IllegalStateException(message))))
                .isInstanceOf(ConnectionStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"22001", "23505", "42601"})
    void aStatementThatIsRefusedMustBeAFaultOfOurs(String state) {
        assertThat(of(state, "value too long"))
                .isInstanceOf(PythonInternalException.class)
                .hasMessageContaining("value too long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "57P01", "53300", "25006", "XX000"})
    void aDatabaseThatDoesNotWorkMustBeUnavailable(String state) {
        assertThat(of(state, "it does not work")).isInstanceOf(StoreUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "55P03", "HYT00"})
    void anotherTransactionInTheWayMustBeContention(String state) {
        assertThat(of(state, "deadlock detected")).isInstanceOf(StoreFailure.Contention.class);
    }

    @Test
    void aFailureWithoutAStateMustBeUnavailable() {
        assertThat(StoreFailure.of(new SQLException("something"))).isInstanceOf(StoreUnavailableException.class);
    }
}
