// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.ContentDigest;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.LoadedSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionState;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.StoredContent;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What find and entries show. */
abstract class ReadContract extends StoreFixture {

    /** In the order of String.compareTo, which no dictionary has. */
    private static final List<String> NAMES =
            List.of(" ", "-", "10", "9", "A", "B", "_", "a", "a b", "a-b", "aB", "ab", "é", "ж");

    ReadContract(SessionStoreContract adapter) {
        super(adapter);
    }

    @Test
    void whatWasNeverCreatedMustNotBeFound() {
        assertThat(store().find(ADA, "none")).isEmpty();
        assertThatThrownBy(() -> store().entries(ADA, "none", Set.of("a"), Set.of()))
                .isInstanceOf(SessionNotFoundException.class)
                .hasMessageContaining("\"none\"");
    }

    @Test
    void findMustSayWhenItLooked() {
        create("s");
        clock.pass(Duration.ofMinutes(7));

        assertThat(view("s").readAt()).isEqualTo(clock.instant());
    }

    @Test
    void findMustListTheEntriesByName() {
        create("s", reversed(NAMES));

        assertThat(view("s").entries()).extracting(EntryInfo::name).isEqualTo(NAMES);
    }

    @Test
    void entriesMustComeByName() {
        create("s", reversed(NAMES));

        List<EntryRead> read = store().entries(ADA, "s", Set.copyOf(NAMES), Set.of());

        assertThat(read).extracting(one -> one.info().name()).isEqualTo(NAMES);
        assertThat(read).extracting(StoreFixture::text).isEqualTo(NAMES);
    }

    private static String[] reversed(List<String> names) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> names.get(names.size() - 1 - i))
                .toArray(String[]::new);
    }

    @Test
    void onlyTheNamedEntriesMustCome() {
        create("s", "a", "b", "c");

        assertThat(store().entries(ADA, "s", Set.of("a", "c"), Set.of()))
                .extracting(StoreFixture::text)
                .containsExactly("a", "c");
        assertThat(store().entries(ADA, "s", Set.of(), Set.of())).isEmpty();
    }

    @Test
    void entriesThatDoNotExistMustBeLeftOut() {
        create("s", "a");
        create("other", "b");

        assertThat(store().entries(ADA, "s", Set.of("a", "b", "A"), Set.of()))
                .extracting(StoreFixture::text)
                .containsExactly("a");
    }

    @Test
    void aThousandEntriesMustComeAtOnce() {
        List<String> names = IntStream.range(0, 1000).mapToObj(i -> "e" + i).toList();
        create("s", names.toArray(String[]::new));

        assertThat(store().entries(ADA, "s", Set.copyOf(names), Set.of())).hasSize(1000);
    }

    @Test
    void anEntryMustComeWithWhatFindSaysOfIt() {
        create("s", "a");
        put("s", "a", "changed");

        assertThat(read("s", "a").info()).isEqualTo(view("s").entry("a").orElseThrow());
    }

    @Test
    void contentThatTheCallerHasMustNotComeAgain() {
        create("s", "a", "b");
        String digest = ContentDigest.of(bytes("a"));

        List<EntryRead> read =
                store().entries(ADA, "s", Set.of("a", "b"), Set.of(digest, ContentDigest.of(bytes("x"))));

        assertThat(read.get(0))
                .isEqualTo(new EntryRead.Known(view("s").entry("a").orElseThrow()));
        assertThat(text(read.get(1))).isEqualTo("b");
    }

    @Test
    void theValueOfACounterThatTheCallerHasMustNotComeAgain() {
        create("s");
        save(SessionDelta.of("s").increment("n", 12));

        assertThat(store().entries(ADA, "s", Set.of("n"), Set.of(ContentDigest.of(bytes("12")))))
                .containsExactly(new EntryRead.Known(view("s").entry("n").orElseThrow()));
    }

    @Test
    void namesMustBeTakenAsTheyAre() {
        List<String> names =
                List.of("😀", "e\u0301", "\u00e9", "a\"b'c\\d%_", "日本", "\uFFFD", "x".repeat(255), "\u00a0");
        create("s", names.toArray(String[]::new));

        for (String name : names) {
            assertThat(text("s", name)).isEqualTo(name);
        }
        assertThat(view("s").entries()).hasSize(names.size());
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void contentThatCanBeCompressedMustComeBackFromLessBytes(Codec codec) {
        open(settings().codec(codec));
        requireSame(bytes("what is said again and again ".repeat(1000)));

        StoredContent stored = tested().stored("s", "a");
        assertThat(stored.codec()).isEqualTo(codec.number());
        assertThat(stored.bytes().length).isEqualTo(stored.storedSize());
        assertThat(codec == Codec.NONE || stored.storedSize() < 2000).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void contentThatCanNotBeCompressedMustBeStoredAsItIs(Codec codec) {
        open(settings().codec(codec));
        requireSame(noise(5000));

        assertThat(tested().stored("s", "a").codec()).isEqualTo(Codec.NONE.number());
        assertThat(tested().stored("s", "a").bytes()).isEqualTo(noise(5000));
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void emptyContentMustComeBack(Codec codec) {
        open(settings().codec(codec));
        requireSame(new byte[0]);
    }

    @Test
    void contentOfTenMebibytesMustComeBack() {
        requireSame(noise(10 << 20));
    }

    private void requireSame(byte[] content) {
        create("s");
        save(SessionDelta.of("s").put("a", "application/octet-stream", content, EntryChange.ABSENT));

        EntryRead.Content read = (EntryRead.Content) read("s", "a");
        assertThat(read.toByteArray()).isEqualTo(content);
        assertThat(read.info().size()).isEqualTo(content.length);
        assertThat(read.info().sha256()).isEqualTo(ContentDigest.of(content));
    }

    @Test
    void loadMustGiveWhatFindAndEntriesGive() {
        create("s", "a", "b", "c");
        save(SessionDelta.of("s").increment("n", 3));
        Set<String> names = Set.of("c", "a", "n", "none");
        Set<String> known = Set.of(ContentDigest.of(bytes("c")));

        LoadedSession loaded = store().load(ADA, "s", names, known).orElseThrow();

        assertThat(loaded.view()).isEqualTo(view("s"));
        assertThat(loaded.contents()).isEqualTo(store().entries(ADA, "s", names, known));
        assertThat(store().load(ADA, "s", Set.of(), Set.of()).orElseThrow().contents())
                .isEmpty();
    }

    @Test
    void loadMustTellOfDamageAsEntriesDoes() {
        create("s", "a", "b");
        tested().replaceStored("s", "a", Damage.FLIPPED_BIT::done);

        LoadedSession loaded =
                store().load(ADA, "s", Set.of("a", "b"), Set.of()).orElseThrow();

        assertThat(loaded.contents().get(0)).isInstanceOf(EntryRead.Corrupt.class);
        assertThat(text(loaded.contents().get(1))).isEqualTo("b");
        assertThat(info("s").state()).isEqualTo(SessionState.DAMAGED);
    }

    @Test
    void contentMustNotChangeWithTheArrayItCameIn() {
        byte[] first = bytes("first");
        byte[] second = bytes("second");
        store().create(ADA, session("s").entry("a", TEXT, first));
        save(SessionDelta.of("s").put("b", TEXT, second, EntryChange.ABSENT));

        first[0] = 'x';
        second[0] = 'x';

        assertThat(text("s", "a")).isEqualTo("first");
        assertThat(text("s", "b")).isEqualTo("second");
    }

    @Test
    void aLookMustBeNoAccess() {
        create("s", "a");
        SessionInfo before = info("s");
        clock.pass(Duration.ofMinutes(30));

        store().find(ADA, "s");
        store().load(ADA, "s", Set.of("a"), Set.of());
        store().entries(ADA, "s", Set.of("a"), Set.of());
        store().page(ADA, SessionQuery.all());
        store().statistics(ADA);
        store().revisions(ADA, "s");
        store().version(ADA, "s", "a", 1);

        assertThat(info("s")).isEqualTo(before);
    }
}
