// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.MessageTooLargeException;
import io.serpentry.session.EntryChange;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionConflictException.Conflict;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionView;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a save is refused because of what others have stored. */
abstract class ConflictContract extends StoreFixture {

    ConflictContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static SessionDelta delta() {
        return SessionDelta.of("s");
    }

    private SessionConflictException conflict(SessionDelta delta) {
        SessionConflictException conflict = catchThrowableOfType(SessionConflictException.class, () -> save(delta));
        assertThat(conflict).as("a conflict").isNotNull();
        return conflict;
    }

    private List<Conflict> conflicts(SessionDelta delta) {
        return conflict(delta).conflicts();
    }

    @Test
    void aPutThatIsBasedOnAnOldVersionMustBeRefused() {
        create("s", "a");
        put("s", "a", "second");
        put("s", "a", "third");

        assertThat(conflicts(delta().put("a", TEXT, bytes("late"), 1))).containsExactly(new Conflict("a", 1, 3));
        assertThat(text("s", "a")).isEqualTo("third");
        assertThat(info("s").revision()).isEqualTo(3);
    }

    @Test
    void aConflictMustNameSessionEntryAndBothVersions() {
        create("s", "a");

        assertThat(conflict(delta().put("a", TEXT, bytes("late"), 7))).satisfies(conflict -> {
            assertThat(conflict).hasMessageContainingAll("\"s\"", "\"a\"", "7", "version 1");
            assertThat(conflict.code()).isEqualTo(ErrorCode.SESSION_CONFLICT);
            assertThat(conflict.retryable()).isTrue();
            assertThat(conflict.context())
                    .isEqualTo(Map.of("session", "s", "entry", "a", "expected", "7", "actual", "1"));
        });
    }

    @Test
    void aPutOfANewEntryMustBeRefusedIfThereIsOne() {
        create("s", "a");

        assertThat(conflicts(delta().put("a", TEXT, bytes("x"), EntryChange.ABSENT)))
                .containsExactly(new Conflict("a", 0, 1));
    }

    @Test
    void aPutToAnEntryThatIsGoneMustBeRefused() {
        create("s", "a");
        remove("s", "a");

        assertThat(conflicts(delta().put("a", TEXT, bytes("x"), 1))).containsExactly(new Conflict("a", 1, 0));
        assertThat(conflicts(delta().put("b", TEXT, bytes("x"), 1))).containsExactly(new Conflict("b", 1, 0));
    }

    @Test
    void aPutToAnEntryThatCameBackMustBeRefused() {
        create("s", "a");
        remove("s", "a");
        put("s", "a", "another");

        assertThat(conflicts(delta().put("a", TEXT, bytes("x"), 1))).containsExactly(new Conflict("a", 1, 2));
    }

    @Test
    void aRemovalThatIsBasedOnAnotherVersionMustBeRefused() {
        create("s", "a");

        assertThat(conflicts(delta().remove("a", 2))).containsExactly(new Conflict("a", 2, 1));
        assertThat(conflicts(delta().remove("none", 2))).containsExactly(new Conflict("none", 2, 0));
        assertThat(text("s", "a")).isEqualTo("a");
    }

    @Test
    void anIncrementMustMakeWhatIsBasedOnTheOldVersionConflict() {
        create("s");
        save(delta().increment("n", 1));
        save(delta().increment("n", 1));

        assertThat(conflicts(delta().put("n", TEXT, bytes("x"), 1))).containsExactly(new Conflict("n", 1, 2));
    }

    @Test
    void aSaveThatIsBasedOnAnotherRevisionMustBeRefused() {
        create("s", "a", "b");
        put("s", "a", "x");

        assertThat(conflicts(put(delta(), "b", "x").expectedRevision(1))).containsExactly(new Conflict("", 1, 2));
        assertThat(conflicts(put(delta(), "b", "x").expectedRevision(3))).containsExactly(new Conflict("", 3, 2));
        assertThat(save(put(delta(), "b", "x").expectedRevision(2)).revision()).isEqualTo(3);
    }

    @Test
    void theExpectedRevisionMustHoldWhateverTheSaveChanges() {
        create("s", "a");
        put("s", "a", "x");

        assertThat(conflicts(delta().expectedRevision(1))).containsExactly(new Conflict("", 1, 2));
        assertThat(conflicts(delta().increment("n", 1).expectedRevision(1))).containsExactly(new Conflict("", 1, 2));
        assertThat(save(delta().expectedRevision(2)).revision()).isEqualTo(2);
    }

    @Test
    void anEntryThatWasReadMustStillBeCurrent() {
        create("s", "a", "b");
        put("s", "a", "changed");

        assertThat(conflicts(put(delta(), "b", "x").read("a", 1))).containsExactly(new Conflict("a", 1, 2));
        assertThat(text("s", "b")).isEqualTo("b");
        assertThat(save(put(delta(), "b", "x").read("a", 2)).revision()).isEqualTo(3);
    }

    @Test
    void anEntryThatWasReadAndIsGoneMustBeAConflict() {
        create("s", "a", "b");
        remove("s", "a");

        assertThat(conflicts(put(delta(), "b", "x").read("a", 1))).containsExactly(new Conflict("a", 1, 0));
    }

    @Test
    void anEntryThatWasNotThereWhenReadMustStillBeAbsent() {
        create("s", "a", "b");

        assertThat(conflicts(put(delta(), "b", "x").read("a", EntryChange.ABSENT)))
                .containsExactly(new Conflict("a", 0, 1));
        assertThat(save(put(delta(), "b", "x").read("none", EntryChange.ABSENT)).revision())
                .isEqualTo(2);
    }

    @Test
    void whatWasReadMustAlsoHoldForTheEntryThatIsChanged() {
        create("s", "a", "n");

        assertThat(conflicts(put(delta(), "a", "x").read("a", 4))).containsExactly(new Conflict("a", 4, 1));
        assertThat(save(delta().put("a", TEXT, bytes("x"), 1).read("a", 1)).revision())
                .isEqualTo(2);
    }

    @Test
    void aSaveOfNothingMustConflictByItsReads() {
        create("s", "a");

        assertThat(conflicts(delta().read("a", 2))).containsExactly(new Conflict("a", 2, 1));
    }

    @Test
    void allConflictsMustBeToldAtOnce() {
        create("s", "a", "b", "c", "d", "e");

        assertThat(conflicts(delta().put("a", TEXT, bytes("x"), 5)
                        .put("b", TEXT, bytes("x"), EntryChange.ABSENT)
                        .put("c", TEXT, bytes("x"), 1)
                        .remove("d", 6)
                        .put("none", TEXT, bytes("x"), 2)
                        .increment("n", 1)
                        .expectedRevision(99)
                        .read("e", 3)
                        .read("c", 1)
                        .read("nothing", 4)))
                .containsExactlyInAnyOrder(
                        new Conflict("", 99, 1),
                        new Conflict("a", 5, 1),
                        new Conflict("b", 0, 1),
                        new Conflict("d", 6, 1),
                        new Conflict("e", 3, 1),
                        new Conflict("none", 2, 0),
                        new Conflict("nothing", 4, 0));
    }

    @Test
    void manyConflictsMustAllBeTold() {
        create("s");
        SessionDelta delta = delta();
        for (int i = 0; i < 100; i++) {
            delta = delta.put("e" + i, TEXT, bytes("x"), 3);
        }

        assertThat(conflicts(delta)).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void aSaveThatConflictsMustStoreNothingOfIt() {
        create("s", "a", "b", "gone");
        SessionView before = view("s");

        conflicts(put(delta(), "a", "x").remove("gone", 1).increment("n", 1).put("b", TEXT, bytes("x"), 2));

        assertThat(view("s")).isEqualTo(before);
        assertThat(text("s", "a")).isEqualTo("a");
        assertThat(tested().storedVersions("s")).isZero();
    }

    @Test
    void aMissingSessionMustBeToldBeforeAnythingElse() {
        open(settings().maxEntrySize(100));

        assertThatThrownBy(() -> save(delta().put("a", TEXT, new byte[101], 3).expectedRevision(8)))
                .isInstanceOf(SessionNotFoundException.class);
    }

    @Test
    void aConflictMustBeToldBeforeAnIncrementThatDoesNotFitAndASize() {
        open(settings().maxEntrySize(100));
        create("s", "plain");

        assertThat(conflicts(delta().increment("plain", 1).put("a", TEXT, new byte[101], 3)))
                .containsExactly(new Conflict("a", 3, 0));
    }

    @Test
    void anIncrementThatDoesNotFitMustBeToldBeforeASizeAndThatBeforeAQuota() {
        open(settings().maxEntrySize(100).maxEntries(1));
        create("s", "plain");

        assertThatThrownBy(() -> save(delta().increment("plain", 1).put("a", TEXT, new byte[101], 0)))
                .isInstanceOf(ConnectionStateException.class);
        assertThatThrownBy(() -> save(delta().put("a", TEXT, new byte[101], 0)))
                .isInstanceOf(MessageTooLargeException.class);
    }
}
