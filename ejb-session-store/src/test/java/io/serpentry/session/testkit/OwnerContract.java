// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.serpentry.session.Caller;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That another owner's session does not exist, but for operators. */
abstract class OwnerContract extends StoreFixture {

    OwnerContract(SessionStoreContract adapter) {
        super(adapter);
    }

    @ParameterizedTest
    @EnumSource(SessionCall.class)
    void anothersSessionMustBeAsOneThatNeverWas(SessionCall call) {
        create("theirs", SessionCall.ENTRY);

        String answer = call.answer(store(), BOB, "theirs");

        assertThat(answer).isEqualTo(call.answer(store(), BOB, "unknown"));
        assertThat(call.isOfNone(answer)).as(answer).isTrue();
    }

    @ParameterizedTest
    @EnumSource(SessionCall.class)
    void nothingMustChangeAnothersSession(SessionCall call) {
        create("theirs", SessionCall.ENTRY);
        SessionView before = view("theirs");

        call.answer(store(), BOB, "theirs");

        assertThat(view("theirs")).isEqualTo(before);
        assertThat(ended()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ada", "ada ", " ada", "ad", "adaa", "ada%", "a_a", "%", "äda"})
    void ownersMustBeToldApartToTheLetter(String other) {
        create("s");
        Caller stranger = Caller.of(other);

        assertThat(store().find(stranger, "s")).isEmpty();
        assertThat(store().page(stranger, SessionQuery.all()).items()).isEmpty();
        assertThat(store().statistics(stranger).sessions()).containsEntry(SessionKind.DURABLE, 0L);
        assertThat(store().delete(stranger, "s")).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = SessionCall.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SAVE_OF_A_CONFLICT", "INCREMENT"})
    void anOperatorMustBeAbleToDoAllThatTheOwnerCan(SessionCall call) {
        create("theirs", SessionCall.ENTRY);

        assertThatCode(() -> call.run(store(), OPERATOR, "theirs")).doesNotThrowAnyException();
    }

    @Test
    void theStoreItselfMustSeeEverything() {
        create("s");

        assertThat(store().find(Caller.SYSTEM, "s")).isPresent();
    }

    @Test
    void aPageMustShowOwnSessionsOnlyWhateverIsAskedFor() {
        create("ada1");
        store().create(BOB, session("bob1").metadata("friend", "ada"));

        assertThat(ids(store().page(BOB, SessionQuery.all()))).containsExactly("bob1");
        assertThat(ids(store().page(BOB, SessionQuery.all().owner("ada")))).isEmpty();
        assertThat(ids(store().page(BOB, SessionQuery.all().text("ada")))).containsExactly("bob1");
        assertThat(ids(store().page(BOB, SessionQuery.all().owner("bob")))).containsExactly("bob1");
        assertThat(ids(store().page(OPERATOR, SessionQuery.all()))).containsExactlyInAnyOrder("ada1", "bob1");
        assertThat(ids(store().page(OPERATOR, SessionQuery.all().owner("ada")))).containsExactly("ada1");
    }

    private static List<String> ids(SessionPage page) {
        return page.items().stream().map(SessionInfo::id).toList();
    }

    @Test
    void theCursorOfAnothersPageMustShowOwnSessionsOnly() {
        create("a1");
        create("a2");
        store().create(BOB, session("b1"));
        String next = store().page(OPERATOR, SessionQuery.all().limit(1)).next();

        assertThat(store().page(BOB, SessionQuery.all().cursor(next)).items())
                .extracting(SessionInfo::owner)
                .doesNotContain("ada");
    }

    @Test
    void statisticsMustCountOwnSessionsOnly() {
        create("a", "e1", "e2");
        store().create(BOB, session("b", "e1"));
        create("deleted");
        store().delete(ADA, "deleted");

        assertThat(store().statistics(BOB)).satisfies(statistics -> {
            assertThat(statistics.sessions()).containsEntry(SessionKind.DURABLE, 1L);
            assertThat(statistics.entries()).isEqualTo(1);
            assertThat(statistics.bytes()).isEqualTo(1024);
            assertThat(statistics.undelivered()).isZero();
        });
        assertThat(store().statistics(ADA).undelivered()).isEqualTo(1);
    }

    @Test
    void overdueAndQuarantinedMustBeCountedForTheOwnerOnly() {
        Instant expiresAt = create("overdue").expiresAt();
        clock.set(expiresAt);
        create("damaged", "a");
        tested().replaceStored("damaged", "a", Damage.FLIPPED_BIT::done);
        read("damaged", "a");

        assertThat(store().statistics(BOB)).extracting("overdue", "quarantined").containsExactly(0L, 0L);
        assertThat(store().statistics(ADA)).extracting("overdue", "quarantined").containsExactly(1L, 1L);
        assertThat(store().statistics(OPERATOR))
                .extracting("overdue", "quarantined")
                .containsExactly(1L, 1L);
    }

    @Test
    void theOldestMustBeAnOwnOne() {
        create("a");
        clock.pass(Duration.ofMinutes(1));
        store().create(BOB, session("b"));

        assertThat(store().statistics(BOB).oldest()).isEqualTo(clock.instant());
        assertThat(store().statistics(OPERATOR).oldest()).isEqualTo(START);
    }
}
