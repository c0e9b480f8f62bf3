// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.ForbiddenException;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionNotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a save makes of the session itself: its owner, its times, its metadata. */
abstract class AttributeContract extends StoreFixture {

    AttributeContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static SessionDelta change(AttributeChange change) {
        return SessionDelta.of("s").attributes(change);
    }

    private static AttributeChange metadata(Map<String, String> set, Set<String> removed) {
        return new AttributeChange(null, null, null, set, removed);
    }

    private static AttributeChange idleTimeout(Duration idleTimeout) {
        return new AttributeChange(null, idleTimeout, null, Map.of(), Set.of());
    }

    private static AttributeChange lifetime(Duration lifetime) {
        return new AttributeChange(null, null, lifetime, Map.of(), Set.of());
    }

    private static AttributeChange owner(String owner) {
        return new AttributeChange(owner, null, null, Map.of(), Set.of());
    }

    @Test
    void metadataMustBeSetReplacedAndRemovedByKey() {
        store().create(ADA, session("s").metadata("a", "1").metadata("b", "2").metadata("c", "3"));

        save(change(metadata(Map.of("b", "22", "d", "4"), Set.of("c", "none"))));

        assertThat(info("s").metadata()).isEqualTo(Map.of("a", "1", "b", "22", "d", "4"));
    }

    @Test
    void aChangeOfAttributesMustAddOneToTheRevisionWhateverItChanges() {
        create("s");

        Saved saved = save(change(
                new AttributeChange(null, Duration.ofHours(2), Duration.ofHours(9), Map.of("a", "1"), Set.of("b"))));

        assertThat(saved).isEqualTo(new Saved(2, Map.of(), Map.of()));
        assertThat(info("s").revision()).isEqualTo(2);
        assertThat(save(put(change(metadata(Map.of("a", "2"), Set.of())), "e", "x"))
                        .revision())
                .isEqualTo(4);
    }

    @Test
    void whatIsNotChangedMustStay() {
        store().create(
                        OPERATOR,
                        session("s", "a")
                                .owner("ada")
                                .idleTimeout(Duration.ofHours(2))
                                .lifetime(Duration.ofDays(1))
                                .metadata("k", "v"));
        SessionInfo before = info("s");

        save(change(metadata(Map.of("new", "x"), Set.of())));
        SessionInfo after = info("s");

        assertThat(after)
                .usingRecursiveComparison()
                .ignoringFields("revision", "metadata")
                .isEqualTo(before);
        assertThat(after.metadata()).isEqualTo(Map.of("k", "v", "new", "x"));
    }

    @Test
    void aLongerIdleTimeoutMustKeepTheSessionLonger() {
        create("s");
        clock.pass(Duration.ofMinutes(50));

        save(change(idleTimeout(Duration.ofHours(3))));

        assertThat(info("s").idleTimeout()).isEqualTo(Duration.ofHours(3));
        clock.pass(Duration.ofHours(3).minusMillis(1));
        assertThat(exists("s")).isTrue();
    }

    @Test
    void aShorterIdleTimeoutMustCountFromItsChange() {
        create("s");
        clock.pass(Duration.ofMinutes(30));
        Instant changed = clock.instant();

        save(change(idleTimeout(Duration.ofMinutes(10))));

        clock.set(changed.plus(Duration.ofMinutes(10)).minusMillis(1));
        assertThat(exists("s")).isTrue();
        clock.set(changed.plus(Duration.ofMinutes(11)));
        assertThat(exists("s")).isFalse();
    }

    @Test
    void aLifetimeThatIsGivenLaterMustCountFromTheCreation() {
        create("s");
        clock.pass(Duration.ofMinutes(30));

        save(change(lifetime(Duration.ofMinutes(40))));

        assertThat(info("s").lifetime()).isEqualTo(Duration.ofMinutes(40));
        assertThat(info("s").expiresAt()).isEqualTo(START.plus(Duration.ofMinutes(40)));
    }

    @Test
    void aLongerLifetimeMustLetTheSessionLive() {
        store().create(ADA, session("s").lifetime(Duration.ofMinutes(20)));

        save(change(lifetime(Duration.ofDays(1))));

        clock.pass(Duration.ofHours(1).minusMillis(1));
        assertThat(exists("s")).isTrue();
    }

    @Test
    void anOperatorMustBeAbleToGiveASessionToAnotherOwner() {
        create("s", "a");

        store().save(OPERATOR, change(owner("bob")));

        assertThat(store().find(ADA, "s")).isEmpty();
        assertThat(store().find(BOB, "s").orElseThrow().info().owner()).isEqualTo("bob");
        assertThatThrownBy(() -> put("s", "a", "late")).isInstanceOf(SessionNotFoundException.class);
        assertThat(store().delete(ADA, "s")).isFalse();
        assertThat(store().delete(BOB, "s")).isTrue();
        assertThat(ended()).extracting("owner").containsExactly("bob");
    }

    @Test
    void anOwnerMustNotGiveHisSessionAwayAndNothingElseOfTheSaveBeStored() {
        create("s", "a");

        assertThatThrownBy(() -> save(put(change(owner("bob")), "a", "changed")))
                .isInstanceOf(ForbiddenException.class);
        assertThat(info("s").owner()).isEqualTo("ada");
        assertThat(info("s").revision()).isEqualTo(1);
        assertThat(text("s", "a")).isEqualTo("a");
    }

    @Test
    void anOwnerMustBeAbleToNameHimself() {
        create("s");

        assertThat(save(change(owner("ada"))).revision()).isEqualTo(2);
    }

    @Test
    void attributesMustNotChangeIfAnEntryConflicts() {
        create("s", "a");

        assertThatThrownBy(
                        () -> save(change(metadata(Map.of("k", "v"), Set.of())).put("a", TEXT, bytes("x"), 9)))
                .isInstanceOf(SessionConflictException.class);
        assertThat(info("s").metadata()).isEmpty();
        assertThat(info("s").revision()).isEqualTo(1);
    }

    @Test
    void changesOfAttributesAtOnceMustAllCount() {
        create("s");
        int changes = 20;

        Together.run(8, thread -> {
            for (int i = 0; i < changes; i++) {
                save(change(metadata(Map.of("k" + thread, "v" + i), Set.of())));
            }
            return null;
        });

        assertThat(info("s").revision()).isEqualTo(8 * changes + 1L);
        assertThat(info("s").metadata())
                .hasSize(8)
                .containsValue("v" + (changes - 1))
                .doesNotContainValue("v0");
    }

    @Test
    void aTemporarySessionMustBeChangedAsAnyOther() {
        String id = store().create(ADA, NewSession.temporary()).id();

        put(id, "a", "x");
        save(SessionDelta.of(id).attributes(idleTimeout(Duration.ofDays(1))));

        clock.pass(Duration.ofHours(23));
        assertThat(text(id, "a")).isEqualTo("x");
    }
}
