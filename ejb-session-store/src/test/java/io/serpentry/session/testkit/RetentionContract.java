// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryRead;
import io.serpentry.session.RevisionNotFoundException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionRevision;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How much of the past is kept, and for how long. */
abstract class RetentionContract extends StoreFixture {

    private static final Duration AGE = Duration.ofHours(6);

    RetentionContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private List<Long> told() {
        return store().revisions(ADA, "s").stream()
                .map(SessionRevision::revision)
                .toList();
    }

    private String version(String name, long version) {
        return store().version(ADA, "s", name, version).map(StoreFixture::text).orElse("none");
    }

    private void createLongLived(String... entries) {
        store().create(ADA, session("s", entries).idleTimeout(Duration.ofDays(30)));
    }

    @Test
    void asManyEarlierVersionsOfEachEntryMustBeKeptAsConfigured() {
        open(settings().historyCount(2));
        create("s", "a", "b");
        for (int i = 2; i <= 6; i++) {
            put("s", "a", "a " + i);
        }
        put("s", "b", "b 2");

        assertThat(List.of(version("a", 3), version("a", 4), version("a", 5), version("a", 6)))
                .containsExactly("none", "a 4", "a 5", "a 6");
        assertThat(version("b", 1)).isEqualTo("b");
        assertThat(tested().storedVersions("s")).isEqualTo(3);
        assertThat(told()).containsExactly(7L, 6L, 5L, 4L);
    }

    @Test
    void aRemovalMustCountAsTheEndOfAVersion() {
        open(settings().historyCount(2));
        create("s", "a");
        put("s", "a", "a 2");
        put("s", "a", "a 3");

        remove("s", "a");

        assertThat(List.of(version("a", 1), version("a", 2), version("a", 3))).containsExactly("none", "a 2", "a 3");
    }

    @Test
    void theChangesOfOneEntryMustNotPushOutAnothersVersions() {
        open(settings().historyCount(3));
        create("s", "a", "rare");
        put("s", "rare", "rare 2");
        for (int i = 0; i < 10; i++) {
            put("s", "a", "x" + i);
        }

        assertThat(version("rare", 1)).isEqualTo("rare");
        assertThat(tested().storedVersions("s")).isEqualTo(4);
    }

    @Test
    void versionsMustBeCountedAndNotTheirNumbers() {
        open(settings().historyCount(3));
        create("s", "a", "b");
        remove("s", "a");
        for (int i = 2; i <= 5; i++) {
            put("s", "b", "b " + i);
        }
        remove("s", "b");

        put("s", "a", "a 6");
        put("s", "a", "a 7");
        put("s", "a", "a 8");
        remove("s", "a");

        assertThat(List.of(version("a", 1), version("a", 6), version("a", 7), version("a", 8)))
                .as("the new entry's versions begin above all that were removed")
                .containsExactly("none", "a 6", "a 7", "a 8");
        assertThat(version("b", 3)).isEqualTo("b 3");
    }

    @Test
    void anEarlierVersionMustBeKeptAcrossAGapInTheNumbers() {
        open(settings().historyCount(3));
        create("s", "a", "b");
        for (int i = 2; i <= 5; i++) {
            put("s", "b", "b " + i);
        }
        remove("s", "a");
        remove("s", "b");

        put("s", "a", "a 6");
        put("s", "a", "a 7");
        remove("s", "a");

        assertThat(List.of(version("a", 1), version("a", 6), version("a", 7))).containsExactly("a", "a 6", "a 7");
    }

    private SessionDelta hundred(int round, boolean stored) {
        SessionDelta delta = SessionDelta.of("s");
        for (int i = 0; i < 100; i++) {
            String name = "e" + round + "-" + i;
            delta = stored ? put(delta, name, "x") : delta.remove(name, EntryChange.ANY);
        }
        return delta;
    }

    @Test
    void ofEntriesOfEverNewNamesNoMoreThanAThousandRemovalsMustBeKept() {
        create("s", "kept", "first");
        put("s", "kept", "kept 2");
        put("s", "first", "first 2");
        remove("s", "first");
        for (int round = 0; round < 12; round++) {
            save(hundred(round, true));
            save(hundred(round, false));
        }

        assertThat(tested().storedVersions("s")).isBetween(901L, 1001L);
        assertThat(version("kept", 1)).as("of an entry that is there").isEqualTo("kept");
        assertThat(version("first", 1)).isEqualTo("none");
        assertThat(version("first", 2)).isEqualTo("none");
        long present = info("s").revision();
        assertThat(told()).startsWith(present, present - 100).doesNotContain(1L, 2L, 3L, 4L);
        store().restore(ADA, "s", present - 100);
        assertThat(text("s", "e11-5")).isEqualTo("x");
    }

    @Test
    void nothingMustBeKeptIfTheCountIsZero() {
        open(settings().historyCount(0));
        create("s", "a", "b");
        put("s", "a", "a 2");
        remove("s", "b");

        assertThat(version("a", 1)).isEqualTo("none");
        assertThat(version("a", 2)).isEqualTo("a 2");
        assertThat(tested().storedVersions("s")).isZero();
        assertThat(told()).containsExactly(3L);
        assertThatThrownBy(() -> store().restore(ADA, "s", 1)).isInstanceOf(RevisionNotFoundException.class);
    }

    @Test
    void aVersionMustBeKeptUntilItIsTooOld() {
        open(settings().historyAge(AGE));
        createLongLived("a");
        clock.pass(AGE);
        put("s", "a", "a 2");
        clock.pass(AGE.minusMillis(1));
        assertThat(version("a", 1)).isEqualTo("a");
        assertThat(told()).containsExactly(2L, 1L);

        clock.pass(Duration.ofMillis(2));
        put("s", "a", "a 3");

        assertThat(version("a", 1)).isEqualTo("none");
        assertThat(version("a", 2)).isEqualTo("a 2");
        assertThat(told()).containsExactly(3L, 2L);
        assertThat(tested().storedVersions("s")).isEqualTo(1);
    }

    @Test
    void whatIsTooOldMustNotBeToldEvenIfNothingHasHappenedSince() {
        open(settings().historyAge(AGE));
        createLongLived("a", "b");
        put("s", "a", "a 2");
        remove("s", "b");
        clock.pass(AGE.plusMillis(1));

        assertThat(told()).containsExactly(3L);
        assertThat(version("a", 1)).isEqualTo("none");
        assertThatThrownBy(() -> store().restore(ADA, "s", 1)).isInstanceOf(RevisionNotFoundException.class);
        assertThatThrownBy(() -> store().restoreEntry(ADA, "s", "b", 1)).isInstanceOf(RevisionNotFoundException.class);
    }

    @Test
    void noStateBehindARemovalThatIsForgottenMustBeTold() {
        open(settings().historyAge(AGE));
        createLongLived("a", "b");
        put("s", "c", "x");
        remove("s", "b");
        clock.pass(AGE.plusMillis(1));
        put("s", "d", "x");
        put("s", "a", "a 2");

        assertThat(told()).startsWith(5L, 4L).doesNotContain(2L, 1L);
        assertThatThrownBy(() -> store().restore(ADA, "s", 2)).isInstanceOf(RevisionNotFoundException.class);
    }

    @Test
    void theEndOfASessionMustEndItsHistory() {
        create("s", "a");
        put("s", "a", "a 2");
        remove("s", "a");
        assertThat(tested().storedVersions("s")).isEqualTo(2);

        store().delete(ADA, "s");
        assertThat(tested().storedVersions("s")).isZero();

        create("s", "a");
        assertThat(told()).containsExactly(1L);
        assertThat(version("a", 2)).isEqualTo("none");
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void whatIsInQuarantineMustBeKeptWhateverTheLimits(Damage damage) {
        open(settings().historyCount(0).historyAge(AGE));
        createLongLived();
        put("s", "a", "compressible ".repeat(100));
        tested().replaceStored("s", "a", damage::done);
        read("s", "a");

        for (int i = 0; i < 3; i++) {
            put("s", "a", "x" + i);
            clock.pass(AGE);
        }

        assertThat(tested().storedVersions("s")).isEqualTo(1);
        assertThat(store().version(ADA, "s", "a", 1)).get().isInstanceOf(EntryRead.Corrupt.class);
        assertThat(version("a", 4)).isEqualTo("x2");
        assertThat(version("a", 3)).isEqualTo("none");
    }

    @Test
    void whatIsInQuarantineMustBeKeptAlsoIfItIsRemoved() {
        open(settings().historyCount(0));
        create("s", "a");
        tested().replaceStored("s", "a", Damage.FLIPPED_BIT::done);
        byte[] damaged = tested().stored("s", "a").bytes();
        read("s", "a");

        remove("s", "a");

        assertThat(tested().storedVersions("s")).isEqualTo(1);
        assertThat(damaged).isNotEqualTo(bytes("a"));
    }
}
