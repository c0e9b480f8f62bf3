// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.Limits;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionNotFoundException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a save makes of the entries. */
abstract class SaveContract extends StoreFixture {

    SaveContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static SessionDelta delta() {
        return SessionDelta.of("s");
    }

    @Test
    void aPutMustStoreTheContentAsTheNextVersion() {
        create("s", "a");

        Saved saved = save(delta().put("a", TEXT, bytes("new"), 1));

        assertThat(saved).isEqualTo(new Saved(2, Map.of("a", 2L), Map.of()));
        assertThat(text("s", "a")).isEqualTo("new");
        assertThat(info("s").revision()).isEqualTo(2);
    }

    @Test
    void aPutMustSayWhatWhenAndByWhom() {
        create("s", "a");
        clock.pass(Duration.ofSeconds(5));

        store().save(OPERATOR, delta().put("a", "application/json; charset=utf-8", bytes("{}"), 1));

        assertThat(view("s").entries())
                .containsExactly(new EntryInfo(
                        "a",
                        2,
                        "application/json; charset=utf-8",
                        2,
                        ContentDigest.of(bytes("{}")),
                        false,
                        clock.instant(),
                        "olga",
                        null));
    }

    @Test
    void aPutOfWhatIsNotThereMustCreateIt() {
        create("s");

        assertThat(save(delta().put("a", TEXT, bytes("a"), EntryChange.ABSENT)).versions())
                .containsExactly(Map.entry("a", 1L));
        assertThat(put("s", "b", "b").versions()).containsExactly(Map.entry("b", 1L));
        assertThat(info("s").entryCount()).isEqualTo(2);
    }

    @Test
    void aPutWithoutAnExpectationMustReplaceWhateverThereIs() {
        create("s", "a");
        put("s", "a", "second");

        assertThat(put("s", "a", "third").versions()).containsExactly(Map.entry("a", 3L));
        assertThat(text("s", "a")).isEqualTo("third");
    }

    @Test
    void theSameContentAgainMustBeANewVersion() {
        create("s", "a");

        assertThat(put("s", "a", "a")).isEqualTo(new Saved(2, Map.of("a", 2L), Map.of()));
    }

    @Test
    void aRemovedEntryMustBeGone() {
        create("s", "a", "b");

        Saved saved = save(delta().remove("a", 1));

        assertThat(saved).isEqualTo(new Saved(2, Map.of(), Map.of()));
        assertThat(view("s").entries()).extracting(EntryInfo::name).containsExactly("b");
        assertThat(store().entries(ADA, "s", Set.of("a"), Set.of())).isEmpty();
        assertThat(tested().storedEntries("s")).isEqualTo(1);
        assertThat(info("s").revision()).isEqualTo(2);
    }

    @Test
    void theRemovalOfWhatIsNotThereMustChangeNothing() {
        create("s", "a");

        assertThat(remove("s", "none")).isEqualTo(new Saved(1, Map.of(), Map.of()));
        assertThat(info("s").revision()).isEqualTo(1);
    }

    @Test
    void aDeltaWithoutAChangeMustChangeNothing() {
        SessionInfo before = create("s", "a");

        assertThat(save(delta())).isEqualTo(new Saved(1, Map.of(), Map.of()));
        assertThat(info("s")).isEqualTo(before);
    }

    @Test
    void anEntryMustReturnAboveEveryVersionThatWasRemoved() {
        create("s", "a", "b");
        put("s", "a", "a 2");
        put("s", "a", "a 3");
        remove("s", "a");
        remove("s", "b");

        assertThat(put("s", "b", "b again").versions()).containsExactly(Map.entry("b", 4L));
        assertThat(put("s", "new", "new").versions()).containsExactly(Map.entry("new", 4L));
        assertThat(put("s", "a", "a again").versions()).containsExactly(Map.entry("a", 4L));
        assertThat(put("s", "a", "and again").versions()).containsExactly(Map.entry("a", 5L));
    }

    @Test
    void everyChangeOfADeltaMustAddOneToTheRevision() {
        create("s", "put", "removed", "also removed");

        Saved saved = save(put(put(delta(), "put", "x"), "new", "y")
                .remove("removed", 1)
                .remove("also removed", EntryChange.ANY)
                .remove("never there", EntryChange.ANY)
                .increment("n", 3));

        assertThat(saved.revision()).isEqualTo(6);
        assertThat(saved.versions()).containsOnlyKeys("put", "new", "n");
        assertThat(info("s").revision()).isEqualTo(6);
        assertThat(info("s").operations()).isEqualTo(5);
    }

    @Test
    void theRevisionMustCountOnWhenEntriesComeAndGo() {
        create("s", "a", "b");
        long revision = 1;
        for (int round = 0; round < 5; round++) {
            assertThat(put("s", "a", "x").revision()).isEqualTo(++revision);
            assertThat(remove("s", "b").revision()).isEqualTo(++revision);
            assertThat(remove("s", "a").revision()).isEqualTo(++revision);
            assertThat(put("s", "b", "y").revision()).isEqualTo(++revision);
            assertThat(save(delta().increment("n", 1)).revision()).isEqualTo(++revision);
            assertThat(put("s", "a", "z").revision()).isEqualTo(++revision);
            assertThat(info("s").revision()).isEqualTo(revision);
        }
    }

    @Test
    void countAndBytesMustFollowTheEntries() {
        create("s", "a");
        assertThat(info("s").bytes()).isEqualTo(1024);

        put("s", "a", "x".repeat(1024));
        put("s", "empty", "");
        put("s", "b", "x".repeat(1025));
        assertThat(info("s").bytes()).isEqualTo(1024 + 1024 + 2048);
        assertThat(info("s").entryCount()).isEqualTo(3);

        put("s", "b", "x");
        remove("s", "a");
        assertThat(info("s").bytes()).isEqualTo(2048);
        assertThat(info("s").entryCount()).isEqualTo(2);
    }

    @Test
    void aThousandChangesMustBeStoredAtOnce() {
        create("s");
        SessionDelta all = new SessionDelta(
                "s",
                IntStream.range(0, Limits.CHANGES)
                        .<EntryChange>mapToObj(i -> new EntryChange.Put("e" + i, TEXT, bytes("e" + i), 0))
                        .toList(),
                delta().attributes(),
                SessionDelta.ANY_REVISION,
                Map.of());

        assertThat(save(all).revision()).isEqualTo(1001);
        assertThat(text("s", "e999")).isEqualTo("e999");
        assertThat(info("s").entryCount()).isEqualTo(1000);
    }

    @Test
    void aSaveMustNotTouchOtherSessions() {
        create("s", "a");
        SessionInfo other = store().create(BOB, session("other", "a"));

        put("s", "a", "changed");
        remove("s", "a");

        assertThat(store().find(BOB, "other").orElseThrow().info()).isEqualTo(other);
    }

    @Test
    void aSaveToADeletedSessionMustBeAnErrorAndStoreNothing() {
        create("s", "a");
        store().delete(ADA, "s");

        assertThatThrownBy(() -> put("s", "a", "late"))
                .isInstanceOf(SessionNotFoundException.class)
                .hasMessageContaining("\"s\"");
        assertThatThrownBy(() -> save(delta().increment("n", 1))).isInstanceOf(SessionNotFoundException.class);
        assertThat(tested().storedSessions()).isZero();
        assertThat(tested().storedEntries("s")).isZero();
    }

    @Test
    void aSaveToARemovedEntryMustBeAnError() {
        create("s", "a");
        remove("s", "a");

        assertThatThrownBy(() -> save(delta().put("a", TEXT, bytes("late"), 1)))
                .isInstanceOf(SessionConflictException.class)
                .hasMessageContaining("\"a\"");
        assertThat(view("s").entries()).isEmpty();
    }
}
