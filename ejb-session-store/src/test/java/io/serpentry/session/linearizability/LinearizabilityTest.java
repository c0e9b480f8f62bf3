// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.linearizability.EntryState.Conflict;
import io.serpentry.session.linearizability.EntryState.Incremented;
import io.serpentry.session.linearizability.EntryState.PerhapsIncremented;
import io.serpentry.session.linearizability.EntryState.PerhapsStored;
import io.serpentry.session.linearizability.EntryState.Seen;
import io.serpentry.session.linearizability.EntryState.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/** The checker itself. */
class LinearizabilityTest {

    private static final EntryState A = new EntryState(1, "a", false);
    private static final EntryState B = new EntryState(2, "b", false);
    private static final Effect<EntryState> WRITE_B = new Stored(1, "b", 2);

    private static Call<EntryState> call(long invoked, long returned, Effect<EntryState> effect) {
        return new Call<>(invoked, returned, effect);
    }

    @SafeVarargs
    private static Optional<String> violation(Call<EntryState>... calls) {
        return Linearizability.violation(List.of(calls), A);
    }

    private static Effect<EntryState> seen(EntryState state) {
        return new Seen(state);
    }

    @Example
    void callsOneAfterTheOtherMustBeFound() {
        assertThat(violation(
                        call(1, 2, seen(A)),
                        call(3, 4, WRITE_B),
                        call(5, 6, seen(B)),
                        call(7, 8, new Conflict(1, 2)),
                        call(9, 10, new Stored(-1, "c", 3))))
                .isEmpty();
    }

    @Example
    void whatIsReadDuringAWriteMayBeEither() {
        assertThat(violation(call(1, 9, WRITE_B), call(2, 3, seen(A)), call(4, 5, seen(B))))
                .isEmpty();
    }

    @Example
    void whatWasReadOnceMustNotBeUnread() {
        assertThat(violation(call(1, 9, WRITE_B), call(2, 3, seen(B)), call(4, 5, seen(A))))
                .isPresent();
    }

    @Example
    void aReadThatMissesAWriteBeforeItMustBeSeen() {
        assertThat(violation(call(1, 2, WRITE_B), call(3, 4, seen(A))))
                .hasValueSatisfying(text -> assertThat(text).contains("3..4 Seen"));
    }

    @Example
    void aLostUpdateMustBeSeen() {
        assertThat(violation(
                        call(1, 4, WRITE_B),
                        call(2, 5, new Stored(1, "c", 3)),
                        call(6, 7, seen(new EntryState(3, "c", false)))))
                .isPresent();
    }

    @Example
    void aVersionThatStandsForTwoContentsMustBeSeen() {
        assertThat(violation(call(1, 4, WRITE_B), call(2, 5, new Stored(-1, "c", 2))))
                .isPresent();
    }

    @Example
    void aConflictWithWhatIsThereMustBeSeen() {
        assertThat(violation(call(1, 2, new Conflict(1, 1)))).isPresent();
        assertThat(violation(call(1, 2, new Conflict(2, 3)))).isPresent();
    }

    @Example
    void aCallWithoutAnAnswerMayHaveHadItsEffectLater() {
        assertThat(violation(call(1, Call.NEVER, new PerhapsStored(1, "b")), call(2, 3, seen(A)), call(4, 5, seen(B))))
                .isEmpty();
    }

    @Example
    void aCallWithoutAnAnswerMayHaveHadNoEffect() {
        assertThat(violation(call(1, Call.NEVER, new PerhapsStored(1, "b")), call(2, 3, seen(A))))
                .isEmpty();
    }

    @Example
    void aCallWithoutAnAnswerMustNotActTwiceOrBeforeItsTime() {
        EntryState two = new EntryState(2, "2", true);
        EntryState three = new EntryState(3, "3", true);
        Call<EntryState> unanswered = call(3, Call.NEVER, new PerhapsIncremented(1));

        assertThat(Linearizability.violation(
                        List.of(unanswered, call(4, 5, seen(two)), call(6, 7, seen(three))),
                        new EntryState(1, "1", true)))
                .isPresent();
        assertThat(Linearizability.violation(List.of(unanswered, call(1, 2, seen(two))), new EntryState(1, "1", true)))
                .isPresent();
    }

    @Example
    void incrementsMustAddUp() {
        EntryState zero = new EntryState(1, "0", true);

        assertThat(Linearizability.violation(
                        List.of(call(1, 9, new Incremented(5, 7, 3)), call(2, 8, new Incremented(2, 2, 2))), zero))
                .isEmpty();
        assertThat(Linearizability.violation(
                        List.of(call(1, 9, new Incremented(5, 5, 2)), call(2, 8, new Incremented(2, 2, 2))), zero))
                .isPresent();
    }

    /** Of few calls every order can be tried. */
    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void theAnswerMustBeThatOfTryingEveryOrder(@ForAll("histories") List<Call<EntryState>> calls) {
        boolean possible = hasOrder(calls, A);

        assertThat(Linearizability.violation(calls, A).isEmpty()).isEqualTo(possible);
        Statistics.collect(possible);
        Statistics.coverage(coverage -> {
            coverage.check(true).percentage(share -> share > 10);
            coverage.check(false).percentage(share -> share > 10);
        });
    }

    private static boolean hasOrder(List<Call<EntryState>> left, EntryState state) {
        if (left.stream().noneMatch(Call::isAnswered)) {
            return true;
        }
        for (Call<EntryState> next : left) {
            boolean first = left.stream().noneMatch(other -> other.returned() < next.invoked());
            EntryState after = next.effect().on(state);
            if (first && after != null) {
                List<Call<EntryState>> others = new ArrayList<>(left);
                others.remove(next);
                if (hasOrder(others, after)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Provide
    Arbitrary<List<Call<EntryState>>> histories() {
        EntryState c = new EntryState(2, "c", false);
        EntryState d = new EntryState(3, "d", false);
        Arbitrary<Effect<EntryState>> answers = Arbitraries.of(
                seen(A),
                seen(B),
                seen(c),
                seen(d),
                WRITE_B,
                new Stored(1, "c", 2),
                new Stored(2, "d", 3),
                new Stored(-1, "d", 3),
                new Conflict(1, 2),
                new Conflict(1, 3));
        Arbitrary<Call<EntryState>> answered = Combinators.combine(
                        Arbitraries.longs().between(1, 12), Arbitraries.longs().between(1, 6), answers)
                .as((start, length, effect) -> call(start, start + length, effect));
        Arbitrary<Call<EntryState>> unanswered = Combinators.combine(
                        Arbitraries.longs().between(1, 12),
                        Arbitraries.<Effect<EntryState>>of(
                                new PerhapsStored(1, "b"), new PerhapsStored(1, "c"), new PerhapsStored(-1, "d")))
                .as((start, effect) -> call(start, Call.NEVER, effect));
        return Arbitraries.frequencyOf(Tuple.of(5, answered), Tuple.of(1, unanswered))
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }
}
