// SPDX-License-Identifier: Apache-2.0
package io.serpentry.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationRequestTest {

    private static final MigrationRequest DRAIN = MigrationRequest.drain();

    private static void refused(String field, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(InvalidArgumentException.class, e -> assertThat(e.context())
                .containsEntry("field", field)
                .containsKey("limit"));
    }

    @Test
    void theMethodsMustGiveTheKindsTheyAreNamedAs() {
        assertThat(MigrationRequest.migrate("p", List.of("s"), "a", "b"))
                .isEqualTo(new MigrationRequest(
                        MigrationKind.MIGRATE, "p", List.of("s"), "a", "b", Map.of(), MigrationRequest.DEADLINE, ""));
        assertThat(MigrationRequest.evacuate("p", "a"))
                .isEqualTo(new MigrationRequest(
                        MigrationKind.EVACUATE, "p", List.of(), "a", null, Map.of(), MigrationRequest.DEADLINE, ""));
        assertThat(MigrationRequest.rebalance("p", Map.of("a", 2)))
                .isEqualTo(new MigrationRequest(
                        MigrationKind.REBALANCE,
                        "p",
                        List.of(),
                        null,
                        null,
                        Map.of("a", 2),
                        MigrationRequest.DEADLINE,
                        ""));
        assertThat(DRAIN)
                .isEqualTo(new MigrationRequest(
                        MigrationKind.DRAIN, null, List.of(), null, null, Map.of(), MigrationRequest.DEADLINE, ""));
    }

    @Test
    void deadlineAndReasonMustBeTakenOver() {
        MigrationRequest request = DRAIN.within(Duration.ofSeconds(7)).because("new kernel");

        assertThat(request.deadline()).isEqualTo(Duration.ofSeconds(7));
        assertThat(request.reason()).isEqualTo("new kernel");
        assertThat(request.kind()).isEqualTo(MigrationKind.DRAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1S", "PT24H"})
    void theShortestAndTheLongestDeadlineMustBeTaken(Duration deadline) {
        assertThat(DRAIN.within(deadline).deadline()).isEqualTo(deadline);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.999S", "PT24H0.001S", "PT0S", "PT-5S"})
    void aDeadlineOutsideOfItsRangeMustBeRefused(Duration deadline) {
        refused("deadline", () -> DRAIN.within(deadline));
    }

    @Test
    void reasonsMustBeUpTo500CharactersInOneLine() {
        assertThat(DRAIN.because("x".repeat(500)).reason()).hasSize(500);
        refused("reason", () -> DRAIN.because("x".repeat(501)));
        refused("reason", () -> DRAIN.because("two\nlines"));
    }

    @Test
    void atMostTenThousandSessionsMustBeNamed() {
        assertThat(MigrationRequest.migrate("p", Collections.nCopies(10_000, "s"), null, "b")
                        .sessions())
                .hasSize(10_000);
        refused("number of sessions", () -> MigrationRequest.migrate("p", Collections.nCopies(10_001, "s"), null, "b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-s", "with space", "nul\0"})
    void whatIsNoIdOfASessionMustBeRefused(String session) {
        refused("session id", () -> MigrationRequest.migrate("p", List.of("good", session), null, "b"));
    }

    @Test
    void sharesMustBeFrom0To1000000() {
        assertThat(MigrationRequest.rebalance("p", Map.of("a", 0, "b", 1_000_000))
                        .targets())
                .hasSize(2);
        refused("share of worker a", () -> MigrationRequest.rebalance("p", Map.of("a", -1)));
        refused("share of worker a", () -> MigrationRequest.rebalance("p", Map.of("a", 1_000_001)));
        refused("worker of targets", () -> MigrationRequest.rebalance("p", Map.of("", 1)));
    }

    @Test
    void moreTargetsThanChangesOfADeltaMustBeRefused() {
        Map<String, Integer> most =
                IntStream.range(0, Limits.CHANGES).boxed().collect(Collectors.toMap(i -> "w" + i, i -> 1));
        assertThat(List.copyOf(
                        MigrationRequest.rebalance("p", most).orderedTargets().keySet()))
                .isSorted();
        Map<String, Integer> more =
                IntStream.rangeClosed(0, Limits.CHANGES).boxed().collect(Collectors.toMap(i -> "w" + i, i -> 1));
        refused("number of targets", () -> MigrationRequest.rebalance("p", more));
    }

    @ParameterizedTest
    @EnumSource
    void aPoolMustBeNamedByAllButADrain(MigrationKind kind) {
        String wrong = kind == MigrationKind.DRAIN ? "p" : null;

        refused(
                "pool",
                () -> new MigrationRequest(kind, wrong, List.of(), "a", "b", Map.of(), MigrationRequest.DEADLINE, ""));
    }

    @Test
    void whatIsChangedAfterwardsMustNotChangeTheRequest() {
        List<String> sessions = new ArrayList<>(List.of("s"));
        MigrationRequest request = MigrationRequest.migrate("p", sessions, null, "b");

        sessions.add("t");

        assertThat(request.sessions()).containsExactly("s");
    }
}
