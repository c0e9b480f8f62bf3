// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static io.serpentry.session.internal.migration.RunFixture.ID;
import static io.serpentry.session.internal.migration.RunFixture.POOL;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.placement.MoveReceipt.State;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AbandonedTest {

    private final RunFixture fixture = new RunFixture();

    private Migration opened(MigrationState state) {
        fixture.pools.pool(POOL, "a", "b");
        fixture.sessions("a", 2);
        return fixture.opened(MigrationRequest.evacuate(POOL, "a"), state);
    }

    @ParameterizedTest
    @EnumSource(names = {"PLANNED", "RUNNING", "PAUSED", "VERIFYING", "ROLLING_BACK"})
    void whatHasNotEndedMustEndWithItsMoves(MigrationState state) {
        Migration migration = opened(state);

        assertThat(Abandoned.end(fixture.ledger, migration, "silent")).isTrue();

        assertThat(fixture.ledger.migration(ID).state()).isEqualTo(MigrationState.ROLLED_BACK);
        assertThat(fixture.ledger.migration(ID).outcome()).isEqualTo("silent");
        assertThat(fixture.receipts()).containsExactly(State.SKIPPED);
    }

    @ParameterizedTest
    @EnumSource(names = {"DONE", "ROLLED_BACK"})
    void whatHasEndedMustBeLeftAsItIs(MigrationState state) {
        Migration migration = opened(state);

        assertThat(Abandoned.end(fixture.ledger, migration, "silent")).isFalse();

        assertThat(fixture.ledger.states()).containsExactly(state);
    }

    @Test
    void whatWasMovedMustSayThatItsWorkerHasEnded() {
        Migration migration = opened(MigrationState.RUNNING);
        MoveReceipt pending = fixture.ledger.moves(ID).get(0);
        MoveReceipt moved =
                new MoveReceipt(0, pending.session(), POOL, "a", "b", State.MOVED, null, null, 0, null, null, null);
        assertThat(fixture.ledger.record(ID, List.of(moved))).isTrue();

        assertThat(Abandoned.end(fixture.ledger, migration, "silent")).isTrue();

        assertThat(fixture.ledger.moves(ID))
                .extracting(MoveReceipt::problem)
                .containsExactly("its worker has ended; any other serves the session", "the migration ended before");
    }

    /** Somebody has started it since it was looked at. */
    @Test
    void whatIsInAnotherStateByNowMustKeepItsMoves() {
        Migration planned = opened(MigrationState.PLANNED);
        assertThat(fixture.ledger.order(ID, MigrationState.PLANNED, MigrationState.RUNNING, ""))
                .isTrue();

        assertThat(Abandoned.end(fixture.ledger, planned, "silent")).isFalse();

        assertThat(fixture.receipts()).containsExactly(State.PENDING);
    }
}
