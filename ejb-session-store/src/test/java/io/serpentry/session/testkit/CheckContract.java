// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.CheckProblem;
import io.serpentry.session.CheckReport;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.StoreCheck;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a check of the store finds. */
abstract class CheckContract extends StoreFixture {

    private static final Duration LONG = StoreCheck.LONGEST;

    CheckContract(SessionStoreContract adapter) {
        super(adapter);
    }

    @Test
    void aStoreThatIsWholeMustHaveNoProblem() {
        create("s", "a", "b");
        save(SessionDelta.of("s").increment("n", 7));
        put("s", "large", "x".repeat(5000));
        create("t");

        CheckReport report = StoreCheck.run(store(), OPERATOR, null, LONG);

        assertThat(report).isEqualTo(new CheckReport(2, 4, 5003, List.of(), 0, null));
    }

    @Test
    void aDamagedEntryMustBeToldWithItsSessionAndTheOthersRead() {
        create("s", "bad", "good");
        create("t", "good");
        tested().replaceStored("s", "bad", Damage.FLIPPED_BIT::done);

        CheckReport report = StoreCheck.run(store(), OPERATOR, null, LONG);

        assertThat(report.problems()).extracting(CheckProblem::session).containsExactly("s");
        assertThat(report.problems()).extracting(CheckProblem::entry).containsExactly("bad");
        assertThat(report.problems().get(0).message()).contains("CHECKSUM");
        assertThat(report.entries()).isEqualTo(3);
        assertThat(report.bytes()).isEqualTo(8);
        assertThat(store().statistics(OPERATOR).quarantined()).isEqualTo(1);
    }

    @Test
    void aCheckThatHasNoTimeMustReadOneSessionAndGoOnFromThere() {
        create("s1", "a");
        create("s2", "b");
        create("s3", "c");

        CheckReport first = StoreCheck.run(store(), OPERATOR, null, Duration.ZERO);
        CheckReport second = StoreCheck.run(store(), OPERATOR, first.next(), Duration.ZERO);
        CheckReport rest = StoreCheck.run(store(), OPERATOR, second.next(), LONG);

        assertThat(List.of(first.sessions(), second.sessions(), rest.sessions()))
                .containsExactly(1L, 1L, 1L);
        assertThat(first.next()).isNotNull();
        assertThat(second.next()).isNotEqualTo(first.next());
        assertThat(rest.next()).isNull();
    }

    @Test
    void aCallerMustCheckWhatHeSeesOnly() {
        create("s", "a");

        assertThat(StoreCheck.run(store(), BOB, null, LONG)).isEqualTo(new CheckReport(0, 0, 0, List.of(), 0, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-0.001S", "PT1M0.001S"})
    void aTimeOutOfItsRangeMustBeRefused(Duration atMost) {
        assertThatThrownBy(() -> StoreCheck.run(store(), OPERATOR, null, atMost))
                .isInstanceOfSatisfying(InvalidArgumentException.class, refused -> assertThat(refused.context())
                        .containsEntry("field", "atMost"));
    }
}
