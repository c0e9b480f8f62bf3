// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionView;
import io.serpentry.session.StoreCapability;
import io.serpentry.session.Touched;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a store that is {@link StoreCapability#TRANSACTIONAL} does in the caller's transaction. */
public abstract class TransactionContract extends StoreFixture {

    protected TransactionContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static final class Abort extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private void commit(Runnable action) {
        tested().inTransaction(() -> {
            action.run();
            return null;
        });
    }

    private void rollBack(Runnable action) {
        assertThatThrownBy(() -> commit(() -> {
                    action.run();
                    throw new Abort();
                }))
                .isInstanceOf(Abort.class);
    }

    @Test
    void aCommitMustShowAllOfIt() {
        create("changed", "a");
        create("deleted");

        commit(() -> {
            create("created", "a");
            put("created", "a", "x");
            put("changed", "a", "y");
            store().delete(ADA, "deleted");
        });

        assertThat(text("created", "a")).isEqualTo("x");
        assertThat(text("changed", "a")).isEqualTo("y");
        assertThat(exists("deleted")).isFalse();
        assertThat(ended()).extracting("session").containsExactly("deleted");
    }

    @Test
    void aRollbackMustLeaveNothingOfIt() {
        create("changed", "a");
        put("changed", "a", "a 2");
        create("deleted", "a");
        List<SessionView> before = List.of(view("changed"), view("deleted"));

        rollBack(() -> {
            create("created", "a");
            put("changed", "a", "y");
            save(SessionDelta.of("changed").increment("n", 1));
            store().restore(ADA, "changed", 1);
            store().delete(ADA, "deleted");
        });

        assertThat(List.of(view("changed"), view("deleted"))).isEqualTo(before);
        assertThat(exists("created")).isFalse();
        assertThat(ended()).isEmpty();
        assertThat(tested().storedVersions("changed")).isEqualTo(1);
    }

    @Test
    void readsMustSeeWhatTheTransactionWrote() {
        create("s", "a");

        commit(() -> {
            put("s", "a", "x");
            assertThat(text("s", "a")).isEqualTo("x");
            assertThat(info("s").revision()).isEqualTo(2);
            assertThat(store().revisions(ADA, "s")).hasSize(2);
            create("new");
            assertThat(store().page(ADA, SessionQuery.all()).items()).hasSize(2);
            store().delete(ADA, "s");
            assertThat(store().find(ADA, "s")).isEmpty();
            assertThat(store().delete(ADA, "s")).isFalse();
        });
    }

    @Test
    void othersMustSeeNothingBeforeTheCommit() {
        create("s", "a");
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);

        List<String> texts = Together.run(2, thread -> {
            if (thread == 0) {
                commit(() -> {
                    put("s", "a", "x");
                    create("new");
                    written.countDown();
                    await(seen);
                });
                return text("s", "a");
            }
            await(written);
            String text = text("s", "a") + exists("new");
            seen.countDown();
            return text;
        });

        assertThat(texts).containsExactly("x", "afalse");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anIdThatIsTakenMustLeaveTheTransactionUsable() {
        create("taken");

        commit(() -> {
            create("before");
            assertThatThrownBy(() -> create("taken")).isInstanceOf(SessionExistsException.class);
            create("after");
        });

        assertThat(List.of(exists("before"), exists("after"))).containsOnly(true);
    }

    @Test
    void aQuotaMustLeaveTheTransactionUsableAndNothingOfWhatIsRefused() {
        open(settings().maxEntries(1));
        create("s", "a");

        commit(() -> {
            assertThatThrownBy(() -> save(put(put(SessionDelta.of("s"), "a", "x"), "b", "x")))
                    .isInstanceOf(QuotaExceededException.class);
            create("after");
        });

        assertThat(exists("after")).isTrue();
        assertThat(text("s", "a")).isEqualTo("a");
    }

    @Test
    void aConflictMustKeepTheTransactionFromCommittingEvenIfItIsCaught() {
        create("s", "a");

        AtomicReference<Throwable> caught = new AtomicReference<>();

        // Whoever commits is told of it in his own way.
        Throwable told = catchThrowable(() -> commit(() -> {
            create("new");
            caught.set(catchThrowable(() -> save(SessionDelta.of("s").put("a", TEXT, bytes("x"), 9))));
        }));

        assertThat(caught.get()).as("and %s at the end", told).isInstanceOf(SessionConflictException.class);
        assertThat(exists("new")).isFalse();
    }

    @Test
    void aTouchMustBeATransactionOfItsOwn() {
        create("s");
        clock.pass(Duration.ofMinutes(30));

        rollBack(() ->
                assertThat(store().touch(ADA, "s", Instant.EPOCH).outcome()).isEqualTo(Touched.Outcome.WRITTEN));

        assertThat(info("s").lastAccessedAt()).isEqualTo(clock.instant());
    }

    @Test
    void aSweepMustPassOverWhatATransactionHolds() {
        create("held", "a");
        create("free");
        Instant expiresAt = info("free").expiresAt();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch swept = new CountDownLatch(1);

        List<Integer> counts = Together.run(2, thread -> {
            if (thread == 0) {
                commit(() -> {
                    clock.at(expiresAt.minusMillis(1), () -> put("held", "new", "x"));
                    held.countDown();
                    await(swept);
                });
                return 0;
            }
            await(held);
            int count = clock.at(expiresAt, () -> store().expireDue(10));
            swept.countDown();
            return count;
        });

        clock.set(expiresAt);
        assertThat(counts.get(1)).isEqualTo(1);
        assertThat(text("held", "new")).isEqualTo("x");
    }
}
