// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.InvalidArgumentException;
import io.serpentry.session.Caller;
import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.ForbiddenException;
import io.serpentry.session.Limits;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionEnded;
import io.serpentry.session.SessionExistsException;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How a session begins. */
abstract class CreationContract extends StoreFixture {

    CreationContract(SessionStoreContract adapter) {
        super(adapter);
    }

    @Test
    void aNewSessionMustBeAsItWasAskedFor() {
        SessionInfo info = store().create(
                        ADA,
                        session("s", "a", "b")
                                .idleTimeout(Duration.ofMinutes(20))
                                .lifetime(Duration.ofHours(3))
                                .metadata("title", "Ünïcode \"quoted\" \\ 😀"));

        assertThat(info.id()).isEqualTo("s");
        assertThat(info.owner()).isEqualTo("ada");
        assertThat(info.kind()).isEqualTo(SessionKind.DURABLE);
        assertThat(info.state()).isEqualTo(SessionState.ACTIVE);
        assertThat(info.createdAt()).isEqualTo(START);
        assertThat(info.lastAccessedAt()).isEqualTo(START);
        assertThat(info.idleTimeout()).isEqualTo(Duration.ofMinutes(20));
        assertThat(info.lifetime()).isEqualTo(Duration.ofHours(3));
        assertThat(info.metadata()).isEqualTo(Map.of("title", "Ünïcode \"quoted\" \\ 😀"));
        assertThat(info.entryCount()).isEqualTo(2);
        assertThat(info.bytes()).isEqualTo(2048);
    }

    @Test
    void createMustReturnWhatFindShows() {
        clock.pass(Duration.ofNanos(1_234_567));

        SessionInfo created = store().create(
                        OPERATOR,
                        session("s", "a")
                                .owner("ada")
                                .createdAt(START.minusNanos(1_234_567))
                                .idleTimeout(Duration.ofNanos(9_876_543_210L))
                                .lifetime(Duration.ofNanos(99_876_543_210L)));

        assertThat(created).isEqualTo(info("s"));
    }

    @Test
    void aSessionMustBeginWithRevisionOneWhateverItsEntries() {
        assertThat(create("none").revision()).isEqualTo(1);
        assertThat(create("three", "a", "b", "c").revision()).isEqualTo(1);
        assertThat(create("one", "a").operations()).isZero();
    }

    @Test
    void theFirstEntriesMustBeThereAtVersionOne() {
        create("s", "a");

        assertThat(view("s").entries())
                .containsExactly(
                        new EntryInfo("a", 1, TEXT, 1, ContentDigest.of(bytes("a")), false, START, "ada", null));
        assertThat(text("s", "a")).isEqualTo("a");
    }

    @Test
    void timesThatAreNotAskedForMustBeTheConfiguredOnes() {
        open(settings().lifetime(Duration.ofDays(2)));

        SessionInfo durable = store().create(ADA, NewSession.durable());
        SessionInfo temporary = store().create(ADA, NewSession.temporary());

        assertThat(durable.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(temporary.idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(durable.lifetime()).isEqualTo(Duration.ofDays(2));
    }

    @Test
    void aSessionWithoutALifetimeMustSaySo() {
        assertThat(create("s").lifetime()).isNull();
    }

    @Test
    void aGeneratedIdMustBeOneThatCanBeUsedAndNotBeGuessed() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            ids.add(store().create(ADA, NewSession.durable()).id());
            ids.add(store().create(ADA, NewSession.temporary()).id());
        }

        // 22 characters of 64 hold 128 bits.
        assertThat(ids).hasSize(100).allSatisfy(id -> {
            Limits.id("id", id);
            assertThat(id).hasSizeGreaterThanOrEqualTo(22);
            assertThat(exists(id)).isTrue();
        });
    }

    @Test
    void idsThatDifferInCaseMustBeDifferent() {
        create("abc", "lower");
        create("ABC", "upper");

        assertThat(view("ABC").entry("upper")).isPresent();
        assertThat(exists("Abc")).isFalse();
    }

    @Test
    void anIdThatIsTakenMustBeRefusedAndTheSessionStayAsItIs() {
        SessionInfo before = create("taken", "a");

        assertThatThrownBy(() -> create("taken", "b"))
                .isInstanceOf(SessionExistsException.class)
                .hasMessageContaining("\"taken\"")
                .extracting("code")
                .isEqualTo(ErrorCode.SESSION_EXISTS);
        assertThat(view("taken").entries()).extracting(EntryInfo::name).containsExactly("a");
        assertThat(info("taken")).isEqualTo(before);
    }

    @Test
    void anIdThatIsTakenMustBeRefusedToOthersToo() {
        create("taken", "a");

        assertThatThrownBy(() -> store().create(BOB, session("taken", "b"))).isInstanceOf(SessionExistsException.class);
        assertThatThrownBy(() -> store().create(OPERATOR, session("taken", "b")))
                .isInstanceOf(SessionExistsException.class);
        assertThat(info("taken").owner()).isEqualTo("ada");
    }

    @Test
    void oneOfManyCreatorsMustGetTheId() {
        for (int round = 0; round < 25; round++) {
            String id = "s" + round;

            List<Boolean> created = Together.run(THREADS, thread -> isCreated(thread, session(id, "of" + thread)));

            assertThat(created).containsOnlyOnce(true);
            String winner = "user" + created.indexOf(true);
            assertThat(store().find(OPERATOR, id).orElseThrow()).satisfies(view -> {
                assertThat(view.info().owner()).isEqualTo(winner);
                assertThat(view.entries()).extracting(EntryInfo::name).containsExactly("of" + created.indexOf(true));
            });
        }
        assertThat(tested().storedSessions()).isEqualTo(25);
    }

    private boolean isCreated(int thread, NewSession session) {
        try {
            store().create(Caller.of("user" + thread), session);
            return true;
        } catch (SessionExistsException e) {
            return false;
        }
    }

    @Test
    void theIdOfADeletedSessionMustBeFreeAndNothingOfItComeBack() {
        create("s", "a", "b");
        put("s", "a", "changed");
        remove("s", "b");
        store().delete(ADA, "s");

        SessionInfo again = store().create(BOB, session("s"));

        assertThat(again.revision()).isEqualTo(1);
        assertThat(store().find(BOB, "s").orElseThrow().entries()).isEmpty();
        assertThat(tested().storedVersions("s")).isZero();
    }

    @Test
    void theIdOfAnExpiredSessionMustBeFreeBeforeTheSweepAndItsEndAnnounced() {
        clock.set(create("s", "a").expiresAt());

        store().create(BOB, session("s", "b"));

        assertThat(store().find(BOB, "s").orElseThrow().entries())
                .extracting(EntryInfo::name)
                .containsExactly("b");
        assertThat(ended())
                .extracting(SessionEnded::session, SessionEnded::owner, SessionEnded::reason)
                .containsExactly(tuple("s", "ada", SessionEnded.Reason.EXPIRED));
        assertThat(store().expireDue(10)).isZero();
    }

    @Test
    void theIdOfAnExpiredSessionMustGoToOneOfManyCreators() {
        for (int round = 0; round < 10; round++) {
            String id = "s" + round;
            clock.set(create(id, "old").expiresAt());

            List<Boolean> created = Together.run(THREADS, thread -> isCreated(thread, session(id)));

            assertThat(created).containsOnlyOnce(true);
            assertThat(ended()).extracting(SessionEnded::session).containsExactly(id);
        }
    }

    @Test
    void onlyAnOperatorMustCreateForAnotherOwner() {
        assertThatThrownBy(() -> store().create(ADA, session("s").owner("bob")))
                .isInstanceOf(ForbiddenException.class)
                .extracting("code")
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(tested().storedSessions()).isZero();

        assertThat(store().create(ADA, session("own").owner("ada")).owner()).isEqualTo("ada");
        assertThat(store().create(OPERATOR, session("other").owner("bob")).owner())
                .isEqualTo("bob");
        assertThat(store().create(OPERATOR, session("own2")).owner()).isEqualTo("olga");
    }

    @Test
    void onlyAnOperatorMustSayWhenASessionWasCreated() {
        Instant yesterday = START.minus(Duration.ofDays(1));

        assertThatThrownBy(() -> store().create(ADA, session("s").createdAt(yesterday)))
                .isInstanceOf(ForbiddenException.class);
        assertThat(tested().storedSessions()).isZero();

        assertThat(store().create(OPERATOR, session("s").createdAt(yesterday)).createdAt())
                .isEqualTo(yesterday);
    }

    @Test
    void aSessionFromBeforeMustBeAccessedNowAndItsLifetimeCountFromItsCreation() {
        SessionInfo info = store().create(
                        OPERATOR,
                        session("s")
                                .createdAt(START.minus(Duration.ofHours(30)))
                                .lifetime(Duration.ofHours(31)));

        assertThat(info.lastAccessedAt()).isEqualTo(START);
        assertThat(info.expiresAt()).isEqualTo(START.plus(Duration.ofHours(1)));
    }

    @Test
    void aSessionMustNotBeCreatedInTheFuture() {
        for (Instant before : List.of(Instant.EPOCH.minusMillis(1), Instant.MIN)) {
            assertThatThrownBy(() -> store().create(OPERATOR, session("s").createdAt(before)))
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessageContaining("can not have been created");
        }
        assertThatThrownBy(() -> store().create(OPERATOR, session("s").createdAt(START.plusMillis(1))))
                .isInstanceOf(InvalidArgumentException.class);
        assertThat(store().create(OPERATOR, session("s").createdAt(START)).createdAt())
                .isEqualTo(START);
    }

    @Test
    void aSessionWhoseLifetimeIsOverMustNotBeCreated() {
        NewSession over = session("s").createdAt(START.minusSeconds(60)).lifetime(Duration.ofSeconds(60));

        assertThat(refusal(() -> store().create(OPERATOR, over)).context()).containsEntry("field", "lifetime");
        assertThat(tested().storedSessions()).isZero();
    }

    @Test
    void aThousandFirstEntriesMustBeStored() {
        List<String> names = IntStream.range(0, Limits.CHANGES)
                .mapToObj(i -> String.format("e%04d", i))
                .toList();

        create("s", names.toArray(String[]::new));

        assertThat(view("s").entries()).extracting(EntryInfo::name).isEqualTo(names);
        assertThat(tested().storedEntries("s")).isEqualTo(1000);
    }
}
