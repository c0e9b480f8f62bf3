// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.serpentry.connector.ErrorCode;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryCorruptException;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionState;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.StoredContent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a session when the stored bytes of an entry are not what they were. */
abstract class DamageContract extends StoreFixture {

    /** Long enough to be compressed. */
    private static final String CONTENT = "a long story, told once more. ".repeat(100);

    DamageContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private void createDamaged(Damage damage) {
        create("s", "good", "other");
        put("s", "bad", CONTENT);
        save(SessionDelta.of("s").increment("n", 7));
        tested().replaceStored("s", "bad", damage::done);
    }

    private void createDamaged() {
        createDamaged(Damage.FLIPPED_BIT);
    }

    private EntryRead.Corrupt readDamaged() {
        return (EntryRead.Corrupt) read("s", "bad");
    }

    private long quarantined() {
        return store().statistics(OPERATOR).quarantined();
    }

    private void requireGoodAs(String content) {
        assertThat(text("s", "bad")).isEqualTo(content);
        assertThat(info("s").state()).isEqualTo(SessionState.ACTIVE);
        assertThat(view("s").entry("bad").orElseThrow().quarantinedAt()).isNull();
        assertThat(quarantined()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aDamagedEntryMustBeToldAsSuchAmongTheOthers(Damage damage) {
        createDamaged(damage);

        List<EntryRead> read = store().entries(ADA, "s", Set.of("bad", "good", "n", "other"), Set.of());

        assertThat(read).extracting(one -> one.info().name()).containsExactly("bad", "good", "n", "other");
        assertThat(read.subList(1, 4)).extracting(StoreFixture::text).containsExactly("good", "7", "other");
        assertThat(read.get(0)).isInstanceOfSatisfying(EntryRead.Corrupt.class, corrupt -> assertThat(
                        corrupt.failure().reason())
                .isIn(damage.reasons()));
    }

    @ParameterizedTest
    @EnumSource(
            value = Damage.class,
            names = {"ANOTHER_CODEC"},
            mode = EnumSource.Mode.EXCLUDE)
    void damageMustBeFoundInContentThatIsNotCompressed(Damage damage) {
        open(settings().codec(Codec.NONE));
        createDamaged(damage);

        assertThat(readDamaged().failure().reason()).isIn(damage.reasons());
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void damageMustBeFoundInContentThatIsDeflated(Damage damage) {
        open(settings().codec(Codec.DEFLATE));
        createDamaged(damage == Damage.ANOTHER_CODEC ? Damage.UNKNOWN_CODEC : damage);

        assertThat(readDamaged().failure().reason()).isIn(damage.reasons());
    }

    @Test
    void theFailureMustNameSessionEntryVersionAndReason() {
        createDamaged();

        EntryCorruptException failure = readDamaged().failure();

        assertThat(failure.code()).isEqualTo(ErrorCode.ENTRY_CORRUPT);
        assertThat(failure.context())
                .isEqualTo(Map.of("session", "s", "entry", "bad", "version", "1", "reason", "CHECKSUM"));
        assertThat(failure).hasMessageContainingAll("\"bad\"", "\"s\"", "version 1");
    }

    @Test
    void anEntryThatWasFoundDamagedMustBeInQuarantineSinceThen() {
        createDamaged();
        assertThat(view("s").entry("bad").orElseThrow().quarantinedAt()).isNull();
        clock.pass(Duration.ofMinutes(3));
        Instant found = clock.instant();

        assertThat(readDamaged().info().quarantinedAt()).isEqualTo(found);
        clock.pass(Duration.ofMinutes(3));
        assertThat(readDamaged().info().quarantinedAt()).isEqualTo(found);

        assertThat(view("s").entries())
                .filteredOn(entry -> entry.quarantinedAt() != null)
                .extracting(EntryInfo::name, EntryInfo::quarantinedAt)
                .containsExactly(tuple("bad", found));
    }

    @Test
    void aSessionWithAnEntryInQuarantineMustBeShownAsDamaged() {
        createDamaged();
        create("whole", "a");
        assertThat(info("s").state()).isEqualTo(SessionState.ACTIVE);

        readDamaged();

        assertThat(info("s").state()).isEqualTo(SessionState.DAMAGED);
        assertThat(store().page(ADA, SessionQuery.all().state(SessionState.DAMAGED))
                        .items())
                .containsExactly(info("s"));
        assertThat(store().page(ADA, SessionQuery.all().state(SessionState.ACTIVE))
                        .items())
                .extracting(SessionInfo::id)
                .containsExactly("whole");
        assertThat(store().statistics(ADA).quarantined()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void theDamagedBytesMustBeKept(Damage damage) {
        createDamaged(damage);
        StoredContent before = tested().stored("s", "bad");

        readDamaged();
        readDamaged();

        assertThat(tested().stored("s", "bad")).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void quarantineMustBeNoChangeAndNoAccess() {
        createDamaged();
        SessionInfo before = info("s");
        clock.pass(Duration.ofMinutes(10));

        readDamaged();

        assertThat(info("s")).usingRecursiveComparison().ignoringFields("state").isEqualTo(before);
        assertThat(view("s").entry("bad").orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void theOtherEntriesMustGoOnToBeUsed() {
        createDamaged();
        readDamaged();

        save(put(SessionDelta.of("s"), "good", "better").increment("n", 1).remove("other", 1));

        assertThat(text("s", "good")).isEqualTo("better");
        assertThat(text("s", "n")).isEqualTo("8");
        assertThat(info("s").state()).isEqualTo(SessionState.DAMAGED);
    }

    @Test
    void aDamagedEntryMustBeReplacedByAPut() {
        createDamaged();
        readDamaged();

        save(SessionDelta.of("s").put("bad", TEXT, bytes("new"), 1));

        requireGoodAs("new");
    }

    @Test
    void aDamagedEntryMustBeReplacedAlsoIfNobodyHasFoundIt() {
        createDamaged();

        put("s", "bad", "new");

        requireGoodAs("new");
    }

    @Test
    void aDamagedEntryMustBeRemovable() {
        createDamaged();
        readDamaged();

        save(SessionDelta.of("s").remove("bad", 1));

        assertThat(info("s").state()).isEqualTo(SessionState.ACTIVE);
        assertThat(quarantined()).isZero();
        save(SessionDelta.of("s").put("bad", TEXT, bytes("again"), EntryChange.ABSENT));
        requireGoodAs("again");
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aDamagedSessionMustBeDeletable(Damage damage) {
        createDamaged(damage);
        readDamaged();

        assertThat(store().delete(ADA, "s")).isTrue();

        assertThat(tested().storedEntries("s")).isZero();
        assertThat(tested().storedVersions("s")).isZero();
        assertThat(quarantined()).isZero();
        assertThat(ended()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aDamagedSessionMustBeSwept(Damage damage) {
        createDamaged(damage);
        readDamaged();
        clock.pass(Duration.ofHours(2));
        assertThat(quarantined()).isZero();

        assertThat(store().expireDue(1)).isEqualTo(1);

        assertThat(tested().storedEntries("s")).isZero();
        assertThat(tested().storedVersions("s")).isZero();
    }

    @Test
    void bytesThatAreWholeAgainMustLeaveTheQuarantine() {
        create("s", "good");
        put("s", "bad", CONTENT);
        StoredContent whole = tested().stored("s", "bad");
        tested().replaceStored("s", "bad", Damage.TRUNCATED::done);
        readDamaged();

        tested().replaceStored("s", "bad", damaged -> whole);

        assertThat(read("s", "bad").info().quarantinedAt()).isNull();
        requireGoodAs(CONTENT);
    }

    @Test
    void everyDamagedEntryMustBeCounted() {
        create("s", "a", "b", "c");
        create("t", "a");
        tested().replaceStored("s", "a", Damage.FLIPPED_BIT::done);
        tested().replaceStored("s", "c", Damage.UNKNOWN_CODEC::done);
        tested().replaceStored("t", "a", Damage.WRONG_DIGEST::done);

        store().entries(ADA, "s", Set.of("a", "b", "c"), Set.of());
        store().entries(OPERATOR, "t", Set.of("a"), Set.of());

        assertThat(quarantined()).isEqualTo(3);
        put("s", "a", "new");
        assertThat(quarantined()).isEqualTo(2);
        assertThat(info("s").state()).isEqualTo(SessionState.DAMAGED);
    }

    @Test
    void manyWhoFindTheSameDamageMustAllBeTold() {
        createDamaged();

        List<EntryRead> read = Together.run(THREADS, thread -> read("s", "bad"));

        assertThat(read).hasOnlyElementsOfType(EntryRead.Corrupt.class);
        readDamaged();
        assertThat(quarantined()).isEqualTo(1);
    }
}
