// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.SessionBusyException;
import io.serpentry.session.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Turns of exclusive calls where the database can not be reached. */
class ExclusiveCallsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final String session = "s-" + UUID.randomUUID();
    private final FailingLeases leases = new FailingLeases();
    private final ExclusiveCalls calls = new ExclusiveCalls(leases, InstantSource.system());

    private static final class FailingLeases implements SessionLeases {

        private boolean reachable = true;

        @Override
        public boolean tryLease(String session, String holder, Instant validTo) {
            requireReachable();
            return true;
        }

        @Override
        public void release(String session, String holder) {
            requireReachable();
        }

        private void requireReachable() {
            if (!reachable) {
                throw new StoreUnavailableException("as the test wants it", false, null);
            }
        }
    }

    @Test
    void aLeaseThatCanNotBeGivenBackMustNotFailTheCallThatIsDone() {
        ExclusiveCalls.Turn turn = calls.await(session, Duration.ZERO, MINUTE);
        assertThatThrownBy(() -> calls.await(session, Duration.ZERO, MINUTE)).isInstanceOf(SessionBusyException.class);
        leases.reachable = false;

        assertThatCode(turn::close).doesNotThrowAnyException();

        leases.reachable = true;
        calls.await(session, Duration.ZERO, MINUTE).close();
    }

    @Test
    void aLeaseThatCanNotBeTakenMustLeaveTheTurnToOthers() {
        leases.reachable = false;
        assertThatThrownBy(() -> calls.await(session, Duration.ZERO, MINUTE))
                .isInstanceOf(StoreUnavailableException.class);

        leases.reachable = true;
        calls.await(session, Duration.ZERO, MINUTE).close();
    }
}
