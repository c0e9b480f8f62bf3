// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.EntryCorruptException;
import io.serpentry.session.SessionState;
import io.serpentry.session.SessionView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the history repairs what is damaged, and what damage in the history does. */
abstract class RepairContract extends StoreFixture {

    RepairContract(SessionStoreContract adapter) {
        super(adapter);
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aDamagedEntryMustBeRepairedFromItsHistory(Damage damage) {
        String content = "compressible ".repeat(100);
        create("s", "other");
        put("s", "a", content);
        put("s", "a", "bad ".repeat(100));
        tested().replaceStored("s", "a", damage::done);
        read("s", "a");
        assertThat(info("s").state()).isEqualTo(SessionState.DAMAGED);

        store().restoreEntry(ADA, "s", "a", 1);

        assertThat(text("s", "a")).isEqualTo(content);
        assertThat(info("s").state()).isEqualTo(SessionState.ACTIVE);
        assertThat(store().statistics(OPERATOR).quarantined()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aVersionThatIsDamagedMustNotBeRestored(Damage damage) {
        create("s", "b");
        put("s", "a", "compressible ".repeat(100));
        tested().replaceStored("s", "a", damage::done);
        put("s", "a", "new");
        put("s", "b", "new");
        SessionView before = view("s");

        assertThat(refusal(() -> store().restoreEntry(ADA, "s", "a", 1)))
                .isInstanceOf(EntryCorruptException.class)
                .satisfies(refusal -> assertThat(refusal.context()).containsEntry("version", "1"));
        assertThatThrownBy(() -> store().restore(ADA, "s", 2)).isInstanceOf(EntryCorruptException.class);
        assertThat(view("s")).isEqualTo(before);
    }

    @Test
    void aDamagedVersionThatIsNotNeededMustNotHinderARestore() {
        create("s", "a", "bad");
        tested().replaceStored("s", "bad", Damage.FLIPPED_BIT::done);
        read("s", "bad");
        put("s", "a", "a 2");

        store().restore(ADA, "s", 1);

        assertThat(text("s", "a")).isEqualTo("a");
        assertThat(info("s").state()).isEqualTo(SessionState.DAMAGED);
    }
}
