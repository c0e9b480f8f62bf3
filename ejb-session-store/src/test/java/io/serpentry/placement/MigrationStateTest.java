// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MigrationStateTest {

    @ParameterizedTest
    @CsvSource({
        "PLANNED, RUNNING ROLLED_BACK",
        "RUNNING, PAUSED VERIFYING ROLLING_BACK",
        "PAUSED, RUNNING ROLLING_BACK",
        "VERIFYING, DONE ROLLING_BACK",
        "DONE, ROLLING_BACK",
        "ROLLING_BACK, ROLLED_BACK",
        "ROLLED_BACK, ''"
    })
    void eachStateMustHaveTheNextOnesOfTheDiagram(MigrationState state, String next) {
        Set<MigrationState> expected = EnumSet.noneOf(MigrationState.class);
        for (String name : next.split(" ")) {
            if (!name.isEmpty()) {
                expected.add(MigrationState.valueOf(name));
            }
        }

        assertThat(state.next()).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void rolledBackMustBeReachableFromEveryState(MigrationState state) {
        Set<MigrationState> reachable = EnumSet.of(state);
        while (reachable.addAll(reachable.stream()
                .flatMap(from -> from.next().stream())
                .collect(() -> EnumSet.noneOf(MigrationState.class), Set::add, Set::addAll))) {
            assertThat(reachable).hasSizeLessThanOrEqualTo(MigrationState.values().length);
        }

        assertThat(reachable).contains(MigrationState.ROLLED_BACK);
    }

    @ParameterizedTest
    @CsvSource({
        "PLANNED, false, false",
        "RUNNING, false, true",
        "PAUSED, false, true",
        "VERIFYING, false, true",
        "DONE, true, false",
        "ROLLING_BACK, false, true",
        "ROLLED_BACK, true, false"
    })
    void aServerMustBeAtWorkOnWhatIsNeitherPlannedNorEnded(MigrationState state, boolean terminal, boolean underWay) {
        assertThat(state.isTerminal()).isEqualTo(terminal);
        assertThat(state.isUnderWay()).isEqualTo(underWay);
    }
}
