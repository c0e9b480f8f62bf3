// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryRead;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionRevision.Change;
import io.serpentry.session.StoreCapability;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a store with {@link StoreCapability#HISTORY} keeps of earlier versions, and tells of them. */
public abstract class HistoryContract extends StoreFixture {

    protected HistoryContract(SessionStoreContract adapter) {
        super(adapter);
    }

    @Nested
    class Retention extends RetentionContract {
        Retention() {
            super(HistoryContract.this.adapter());
        }
    }

    private static SessionDelta delta() {
        return SessionDelta.of("s");
    }

    private List<Long> told() {
        return store().revisions(ADA, "s").stream()
                .map(SessionRevision::revision)
                .toList();
    }

    private String version(String name, long version) {
        return store().version(ADA, "s", name, version).map(StoreFixture::text).orElse("none");
    }

    @Test
    void aNewSessionMustTellItsBeginning() {
        create("s", "b", "a");

        assertThat(store().revisions(ADA, "s"))
                .containsExactly(new SessionRevision(
                        1, START, "ada", List.of(new Change("a", 1, false), new Change("b", 1, false))));
    }

    @Test
    void everySaveMustBeToldNewestFirst() {
        create("s", "a", "b");
        clock.pass(Duration.ofSeconds(1));
        put("s", "a", "a 2");
        clock.pass(Duration.ofSeconds(1));
        store().save(OPERATOR, put(delta().remove("b", 1).increment("n", 1), "a", "a 3"));

        assertThat(store().revisions(ADA, "s"))
                .containsExactly(
                        new SessionRevision(
                                5,
                                START.plusSeconds(2),
                                "olga",
                                List.of(
                                        new Change("a", 3, false),
                                        new Change("b", 1, true),
                                        new Change("n", 1, false))),
                        new SessionRevision(2, START.plusSeconds(1), "ada", List.of(new Change("a", 2, false))),
                        new SessionRevision(
                                1, START, "ada", List.of(new Change("a", 1, false), new Change("b", 1, false))));
    }

    @Test
    void aChangeOfAttributesMustBeToldWithoutEntries() {
        create("s", "a");
        AttributeChange change = new AttributeChange(null, null, null, Map.of("k", "v"), Set.of());
        save(delta().attributes(change));
        save(put(delta().attributes(change), "a", "x"));

        assertThat(store().revisions(ADA, "s"))
                .extracting(SessionRevision::revision, SessionRevision::changes)
                .containsExactly(
                        tuple(4L, List.of(new Change("a", 2, false))),
                        tuple(2L, List.of()),
                        tuple(1L, List.of(new Change("a", 1, false))));
    }

    @Test
    void aSaveThatChangesNothingMustNotBeTold() {
        create("s", "a");
        save(delta());
        remove("s", "none");
        assertThatThrownBy(() -> save(delta().put("a", TEXT, bytes("x"), 9)));

        assertThat(told()).containsExactly(1L);
    }

    @Test
    void anEarlierVersionMustBeReadable() {
        create("s", "a");
        save(delta().put("a", "application/json", bytes("{}"), 1));
        clock.pass(Duration.ofSeconds(1));
        store().save(OPERATOR, put(delta(), "a", "third"));

        assertThat(version("a", 1)).isEqualTo("a");
        assertThat(version("a", 2)).isEqualTo("{}");
        assertThat(version("a", 3)).isEqualTo("third");
        assertThat(store().version(ADA, "s", "a", 2).orElseThrow().info()).satisfies(info -> {
            assertThat(info.version()).isEqualTo(2);
            assertThat(info.mediaType()).isEqualTo("application/json");
            assertThat(info.writtenBy()).isEqualTo("ada");
            assertThat(info.writtenAt()).isEqualTo(START);
        });
    }

    @Test
    void aVersionThatNeverWasMustBeEmpty() {
        create("s", "a");

        assertThat(List.of(-1L, 0L, 2L, Long.MAX_VALUE, Long.MIN_VALUE))
                .allSatisfy(version ->
                        assertThat(store().version(ADA, "s", "a", version)).isEmpty());
        assertThat(store().version(ADA, "s", "none", 1)).isEmpty();
    }

    @Test
    void earlierVersionsOfACounterMustBeItsValues() {
        create("s");
        save(delta().increment("n", 10));
        save(delta().increment("n", 5));
        put("s", "n", "text");

        assertThat(List.of(version("n", 1), version("n", 2), version("n", 3))).containsExactly("10", "15", "text");
        assertThat(store().version(ADA, "s", "n", 2).orElseThrow().info().counter())
                .isTrue();
    }

    @Test
    void theVersionsOfARemovedEntryMustStayReadable() {
        create("s", "a");
        put("s", "a", "a 2");
        remove("s", "a");
        put("s", "a", "a 3");

        assertThat(List.of(version("a", 1), version("a", 2), version("a", 3))).containsExactly("a", "a 2", "a 3");
    }

    @Test
    void anEarlierVersionThatIsDamagedMustBeToldAsSuch() {
        create("s", "a");
        tested().replaceStored("s", "a", Damage.WRONG_DIGEST::done);
        put("s", "a", "new");

        assertThat(store().version(ADA, "s", "a", 1))
                .get()
                .isInstanceOfSatisfying(
                        EntryRead.Corrupt.class,
                        read -> assertThat(read.failure().context()).containsEntry("version", "1"));
        assertThat(store().statistics(OPERATOR).quarantined()).isZero();
    }

    @Test
    void savesAtOnceMustAllBeTold() {
        open(settings().historyCount(1000));
        create("s");

        Together.run(8, thread -> {
            for (int i = 0; i < 20; i++) {
                save(put(delta(), "e" + thread, "x" + i).increment("n", 1));
            }
            return null;
        });

        List<SessionRevision> revisions = store().revisions(ADA, "s");
        assertThat(revisions).hasSize(161);
        assertThat(revisions)
                .extracting(SessionRevision::revision)
                .startsWith(321L)
                .endsWith(1L);
        assertThat(revisions.subList(0, 160))
                .allSatisfy(revision -> assertThat(revision.changes()).hasSize(2));
        assertThat(version("n", 77)).isEqualTo("77");
    }

    @Test
    void aReaderOfTheHistoryMustSeeItConsistent() {
        open(settings().historyCount(5));
        create("s", "a", "b");

        List<Boolean> consistent = Together.run(3, thread -> {
            boolean ordered = true;
            for (int i = 0; i < 100; i++) {
                if (thread == 0) {
                    save(put(put(delta(), "a", "x" + i), "b", "y" + i));
                } else {
                    ordered &= isEverySecond(told());
                }
            }
            return ordered;
        });

        assertThat(consistent).doesNotContain(false);
    }

    /** Each save adds two. */
    private static boolean isEverySecond(List<Long> revisions) {
        for (int i = 1; i < revisions.size(); i++) {
            if (revisions.get(i - 1) - revisions.get(i) != 2) {
                return false;
            }
        }
        return revisions.get(0) % 2 == 1;
    }

    @Test
    void theHistoryMustBeToldOfAnEntryCreatedAgain() {
        create("s", "a");
        remove("s", "a");
        save(delta().put("a", TEXT, bytes("again"), EntryChange.ABSENT));

        assertThat(store().revisions(ADA, "s"))
                .extracting(SessionRevision::changes)
                .containsExactly(
                        List.of(new Change("a", 2, false)),
                        List.of(new Change("a", 1, true)),
                        List.of(new Change("a", 1, false)));
    }
}
