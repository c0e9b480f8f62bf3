// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import jakarta.transaction.Status;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Exclusive turns, and what is staged, where the transaction ends in between. */
class StagedSessionsTest {

    private final FakeTransaction transaction = new FakeTransaction();
    private final InMemorySessionStore store =
            new InMemorySessionStore(SessionSettings.defaults(), InstantSource.system());
    private int taken;
    private int closed;

    private ExclusiveCalls.Turn turn() {
        taken++;
        return () -> closed++;
    }

    private StagedSessions staged() {
        return StagedSessions.of(transaction, store);
    }

    @Test
    void aTurnMustLastUntilTheTransactionEnds() {
        staged().hold("s", this::turn);
        staged().hold("s", this::turn);
        assertThat(taken).isEqualTo(1);
        assertThat(closed).isZero();

        transaction.commit();

        assertThat(closed).isEqualTo(1);
    }

    @Test
    void aTransactionThatIsMarkedForRollbackMustTakeNoTurn() {
        transaction.setRollbackOnly();

        assertThatThrownBy(() -> staged().hold("s", this::turn))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("\"s\"");

        assertThat(taken).isZero();
    }

    @Test
    void aTurnThatComesAfterTheTransactionHasEndedMustBeGivenBack() {
        StagedSessions staged = staged();

        assertThatThrownBy(() -> staged.hold("s", () -> {
                    transaction.end(Status.STATUS_ROLLEDBACK);
                    return turn();
                }))
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("has ended");

        assertThat(taken).isEqualTo(1);
        assertThat(closed).isEqualTo(1);
    }

    @Test
    void aTransactionThatHasEndedMustRefuseWhatIsToBeStagedByItsCode() {
        transaction.end(Status.STATUS_ROLLEDBACK);

        assertThatThrownBy(this::staged)
                .isInstanceOf(ConnectionStateException.class)
                .hasMessageContaining("has ended")
                .hasCauseInstanceOf(IllegalStateException.class);
    }
}
