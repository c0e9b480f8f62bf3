// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.MessageTooLargeException;
import io.serpentry.connector.PythonException;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.NewSession;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionKind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What the settings allow. */
abstract class QuotaContract extends StoreFixture {

    QuotaContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static SessionDelta delta() {
        return SessionDelta.of("s");
    }

    private static void requireQuota(String quota, long limit, long wanted, ThrowingCallable call) {
        assertThat(refusal(call)).isInstanceOf(QuotaExceededException.class).satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
            assertThat(refusal.context())
                    .isEqualTo(
                            Map.of("quota", "serpentry.session." + quota, "limit", "" + limit, "wanted", "" + wanted));
            assertThat(refusal).hasMessageContainingAll("serpentry.session." + quota, "" + limit, "" + wanted);
        });
    }

    private boolean isDone(Runnable action) {
        try {
            action.run();
            return true;
        } catch (QuotaExceededException e) {
            return false;
        }
    }

    @Test
    void contentOverTheLimitMustBeRefused() {
        open(settings().maxEntrySize(1000));
        create("s");
        save(delta().put("fits", TEXT, noise(1000), 0));

        PythonException refusal =
                refusal(() -> save(delta().put("small", TEXT, new byte[1], 0).put("big", TEXT, new byte[1001], 0)));

        assertThat(refusal).isInstanceOf(MessageTooLargeException.class).hasMessageContaining("\"big\"");
        assertThat(refusal.code()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(refusal.context()).isEqualTo(Map.of("field", "big", "limit", "1000", "size", "1001"));
        assertThat(view("s").entries()).extracting("name").containsExactly("fits");
    }

    @Test
    void aSessionWithContentOverTheLimitMustNotBeCreated() {
        open(settings().maxEntrySize(1000));

        assertThatThrownBy(() -> store().create(ADA, session("s").entry("big", TEXT, new byte[1001])))
                .isInstanceOf(MessageTooLargeException.class);
        assertThat(tested().storedSessions()).isZero();
    }

    @Test
    void aSessionWithTooManyEntriesMustNotBeCreated() {
        open(settings().maxEntries(2));
        create("s", "a", "b");

        requireQuota("maxEntries", 2, 3, () -> create("t", "a", "b", "c"));
        assertThat(tested().storedSessions()).isEqualTo(1);
    }

    @Test
    void anEntryTooManyMustBeRefusedWithAllThatCameWithIt() {
        open(settings().maxEntries(2));
        create("s", "a", "b");

        requireQuota("maxEntries", 2, 3, () -> save(put(put(delta(), "a", "x"), "c", "x")));
        requireQuota("maxEntries", 2, 3, () -> save(delta().increment("n", 1)));
        assertThat(text("s", "a")).isEqualTo("a");
        assertThat(info("s").revision()).isEqualTo(1);
        assertThat(info("s").entryCount()).isEqualTo(2);
    }

    @Test
    void anEntryMustBeAbleToTakeThePlaceOfAnother() {
        open(settings().maxEntries(2).maxBytes(2048));
        create("s", "a", "b");

        save(put(delta(), "c", "x").remove("a", 1));

        assertThat(view("s").entries()).extracting("name").containsExactly("b", "c");
        put("s", "b", "as many as before");
    }

    @Test
    void aSessionWithTooManyBytesMustNotBeCreated() {
        open(settings().maxBytes(3000));

        requireQuota("maxBytes", 3000, 3072, () -> create("s", "a", "b", "c"));
        assertThat(tested().storedSessions()).isZero();
    }

    @Test
    void bytesTooManyMustBeRefusedWithAllThatCameWithThem() {
        open(settings().maxBytes(4096));
        create("s", "a", "b");

        requireQuota("maxBytes", 4096, 5120, () -> save(put(delta().increment("n", 1), "a", "x".repeat(2049))));
        assertThat(info("s").bytes()).isEqualTo(2048);
        assertThat(view("s").entry("n")).isEmpty();

        put("s", "a", "x".repeat(3072));
        assertThat(info("s").bytes()).isEqualTo(4096);
    }

    @Test
    void contentMustCountInWholeKibibytesAndAtLeastOne() {
        open(settings().maxBytes(3 * 1024));
        create("s");
        save(delta().put("empty", TEXT, new byte[0], 0).put("a", TEXT, noise(1025), 0));

        requireQuota("maxBytes", 3 * 1024, 4 * 1024, () -> put("s", "b", ""));
    }

    @Test
    void contentMustCountAsItIsAndNotAsItIsStored() {
        open(settings().maxBytes(10 * 1024));
        create("s");

        requireQuota("maxBytes", 10 * 1024, 20 * 1024, () -> put("s", "a", "easily compressed. ".repeat(1050)));
    }

    @Test
    void whatWasRemovedMustMakeRoom() {
        open(settings().maxEntries(2).maxBytes(2048));
        create("s", "a", "b");

        remove("s", "a");
        put("s", "c", "x");
        requireQuota("maxEntries", 2, 3, () -> put("s", "d", "x"));
    }

    @Test
    void anOwnerMustNotHaveMoreSessionsThanAllowed() {
        open(settings().maxSessionsPerOwner(2));
        create("a");
        create("b");

        requireQuota("maxSessionsPerOwner", 2, 3, () -> create("c"));
        assertThat(tested().storedSessions()).isEqualTo(2);

        store().create(BOB, session("bobs"));
        store().delete(ADA, "a");
        create("c");
    }

    @Test
    void anExpiredSessionMustNotCountForItsOwner() {
        open(settings().maxSessionsPerOwner(1));
        clock.set(create("a").expiresAt());

        create("b");

        requireQuota("maxSessionsPerOwner", 1, 2, () -> create("c"));
    }

    @Test
    void aCreationThatIsRefusedMustLeaveTheExpiredSessionOfItsId() {
        open(settings().maxSessionsPerOwner(1));
        clock.set(create("a").expiresAt());
        create("b");

        requireQuota("maxSessionsPerOwner", 1, 2, () -> create("a"));

        assertThat(store().statistics(OPERATOR).overdue()).isEqualTo(1);
    }

    @Test
    void whatAnOperatorCreatesMustCountForTheOwner() {
        open(settings().maxSessionsPerOwner(1));
        store().create(OPERATOR, session("a").owner("ada"));

        requireQuota("maxSessionsPerOwner", 1, 2, () -> create("b"));
        store().create(OPERATOR, session("own"));
    }

    private static SessionDelta givenTo(String session, String owner) {
        return SessionDelta.of(session).attributes(new AttributeChange(owner, null, null, Map.of(), Set.of()));
    }

    @Test
    void aSessionMustNotBeGivenToAnOwnerWhoHasAsManyAsAllowed() {
        open(settings().maxSessionsPerOwner(1));
        create("s");
        store().create(BOB, session("bobs"));

        requireQuota("maxSessionsPerOwner", 1, 2, () -> store().save(OPERATOR, givenTo("s", "bob")));
        assertThat(info("s").owner()).isEqualTo("ada");
        assertThat(info("s").revision()).isEqualTo(1);

        store().save(OPERATOR, givenTo("s", "ada"));
        store().delete(BOB, "bobs");
        store().save(OPERATOR, givenTo("s", "bob"));
        assertThat(store().find(BOB, "s")).isPresent();
        create("t");
    }

    @Test
    void manyGiversMustNotGiveAnOwnerMoreSessionsThanAllowed() {
        open(settings().maxSessionsPerOwner(5));
        for (int i = 0; i < THREADS; i++) {
            store().create(Caller.of("giver" + i), session("s" + i));
        }

        List<Boolean> given =
                Together.run(THREADS, thread -> isDone(() -> store().save(OPERATOR, givenTo("s" + thread, "bob"))));

        assertThat(given).filteredOn(one -> one).hasSize(5);
        assertThat(store().statistics(BOB).sessions()).containsEntry(SessionKind.DURABLE, 5L);
    }

    @Test
    void zeroMustBeNoLimitForOwners() {
        open(settings().maxSessionsPerOwner(0));

        for (int i = 0; i < 20; i++) {
            store().create(ADA, NewSession.durable());
        }
    }

    @Test
    void manyCreatorsMustNotGetMoreSessionsThanTheirOwnerMayHave() {
        open(settings().maxSessionsPerOwner(5));
        for (int round = 0; round < 10; round++) {
            Caller owner = Caller.of("owner" + round);

            List<Boolean> created =
                    Together.run(THREADS, thread -> isDone(() -> store().create(owner, NewSession.durable())));

            assertThat(created).filteredOn(one -> one).hasSize(5);
            assertThat(store().statistics(owner).sessions()).containsEntry(SessionKind.DURABLE, 5L);
        }
    }

    @Test
    void manySavesAtOnceMustNotExceedTheNumberOfEntries() {
        open(settings().maxEntries(5));
        create("s");

        List<Boolean> saved = Together.run(THREADS, thread -> isDone(() -> put("s", "e" + thread, "x")));

        assertThat(saved).filteredOn(one -> one).hasSize(5);
        assertThat(info("s").entryCount()).isEqualTo(5);
    }

    @Test
    void manySavesAtOnceMustNotExceedTheNumberOfBytes() {
        open(settings().maxBytes(THREADS * 1024L + 5 * 1024L));
        create("s");
        for (int i = 0; i < THREADS; i++) {
            put("s", "e" + i, "x");
        }

        List<Boolean> saved = Together.run(THREADS, thread -> isDone(() -> put("s", "e" + thread, "x".repeat(2000))));

        assertThat(saved).filteredOn(one -> one).hasSize(5);
        assertThat(info("s").bytes()).isEqualTo(THREADS * 1024L + 5 * 1024L);
    }
}
