// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.NewSession;
import io.serpentry.session.RevisionNotFoundException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.internal.store.Codec;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import io.serpentry.session.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final Caller CALLER = Caller.of("ada");
    private static final Duration AGE = Duration.ofDays(7);

    private final ManualClock clock = new ManualClock();

    private InMemorySessionStore store(int historyCount) {
        SessionSettings usual = SessionSettings.defaults();
        return new InMemorySessionStore(
                new SessionSettings(
                        Duration.ofDays(1000),
                        usual.temporaryIdleTimeout(),
                        usual.lifetime(),
                        usual.touchInterval(),
                        usual.maxEntrySize(),
                        usual.maxEntries(),
                        usual.maxBytes(),
                        0,
                        historyCount,
                        AGE,
                        Codec.NONE),
                clock);
    }

    private static NewSession session(String... entries) {
        NewSession session = NewSession.durable().id("s");
        for (String name : entries) {
            session = session.entry(name, "text/plain", bytes(name + " 0"));
        }
        return session;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static SessionDelta put(String name, String text) {
        return SessionDelta.of("s").put(name, "text/plain", bytes(text), EntryChange.ANY);
    }

    private static SessionDelta remove(String name) {
        return SessionDelta.of("s").remove(name, EntryChange.ANY);
    }

    private static long keptVersions(InMemorySessionStore store) {
        return store.stored("s")
                .map(session -> session.history().versions().size())
                .orElse(0);
    }

    private static List<Long> revisions(InMemorySessionStore store) {
        return store.revisions(CALLER, "s").stream()
                .map(SessionRevision::revision)
                .toList();
    }

    @Test
    void noStateBehindARemovalThatIsNotKeptMustBeTold() {
        InMemorySessionStore store = store(0);
        store.create(CALLER, session("a"));
        store.save(CALLER, put("b", "new"));
        store.save(CALLER, remove("a"));
        store.save(CALLER, put("c", "new"));

        assertThat(revisions(store)).containsExactly(4L);
        assertThatThrownBy(() -> store.restore(CALLER, "s", 2))
                .isInstanceOf(RevisionNotFoundException.class)
                .hasMessageContaining("the oldest is 4");
    }

    @Test
    void aRemovalMustBeForgottenWithWhatWasBeforeItIfItsEntryGoesOn() {
        InMemorySessionStore store = store(1);
        store.create(CALLER, session("a"));
        store.save(CALLER, put("b", "new"));
        store.save(CALLER, remove("a"));
        store.save(CALLER, put("a", "again"));
        store.save(CALLER, put("a", "and again"));

        assertThat(revisions(store)).containsExactly(5L, 4L);
    }

    @Test
    void whatIsTooOldMustNotBeToldAndBeGoneWithTheNextSave() {
        InMemorySessionStore store = store(10);
        store.create(CALLER, session("a", "b"));
        store.save(CALLER, put("a", "a 1"));
        store.save(CALLER, remove("b"));
        clock.pass(AGE);
        assertThat(revisions(store)).containsExactly(3L, 2L, 1L);
        assertThat(store.version(CALLER, "s", "a", 1)).isPresent();

        clock.pass(Duration.ofMillis(1));

        assertThat(revisions(store)).containsExactly(3L);
        assertThat(store.version(CALLER, "s", "a", 1)).isEmpty();
        assertThat(store.version(CALLER, "s", "a", 2)).isPresent();
        store.save(CALLER, put("c", "new"));
        assertThat(keptVersions(store)).isZero();
    }

    @Test
    void whatIsInQuarantineMustBeKeptWhateverTheLimits() {
        InMemorySessionStore store = store(0);
        store.create(CALLER, session("a"));
        StoredEntry stored = store.stored("s", "a").orElseThrow();
        store.replace("s", damaged(stored));
        assertThat(store.entries(CALLER, "s", Set.of("a"), Set.of()))
                .singleElement()
                .isInstanceOf(EntryRead.Corrupt.class);

        store.save(CALLER, put("a", "a 1"));
        clock.pass(AGE.multipliedBy(2));
        store.save(CALLER, put("a", "a 2"));

        assertThat(keptVersions(store)).isEqualTo(1);
        assertThat(store.version(CALLER, "s", "a", 1)).get().isInstanceOf(EntryRead.Corrupt.class);
        assertThat(store.version(CALLER, "s", "a", 2)).isEmpty();
    }

    private static StoredEntry damaged(StoredEntry entry) {
        StoredContent good = entry.content();
        StoredContent bad = new StoredContent(
                good.format(), good.codec(), good.size(), good.storedSize(), good.crc(), good.sha256(), bytes("x 0"));
        return new StoredEntry(
                entry.name(),
                entry.version(),
                entry.born(),
                entry.change(),
                entry.writtenAt(),
                entry.writtenBy(),
                entry.mediaType(),
                entry.counter(),
                bad,
                entry.quarantinedAt());
    }

    /** What was there is written down with each save, and compared with what the history makes of it. */
    @Test
    void everyStateThatIsToldMustBeTheOneThatWas() {
        IntStream.range(0, 100).forEach(this::requireTruth);
    }

    private void requireTruth(int seed) {
        Map<Long, Map<String, String>> states = new TreeMap<>();
        List<Long> told = revisions(played(seed, states));

        assertThat(told)
                .as("seed " + seed)
                .isSortedAccordingTo(Comparator.reverseOrder())
                .doesNotHaveDuplicates();
        assertThat(states.keySet()).as("seed " + seed).containsAll(told);
        for (long revision : told) {
            InMemorySessionStore again = played(seed, states);
            again.restore(CALLER, "s", revision);
            assertThat(state(again))
                    .as("seed " + seed + ", revision " + revision)
                    .isEqualTo(states.get(revision));
        }
    }

    private InMemorySessionStore played(int seed, Map<Long, Map<String, String>> states) {
        Random random = new Random(seed);
        InMemorySessionStore store = store(random.nextInt(4));
        store.create(CALLER, session("a", "b"));
        states.put(1L, state(store));
        for (int i = 0; i < 30; i++) {
            clock.pass(Duration.ofHours(random.nextInt(48)));
            long revision = store.save(CALLER, anything(random, i)).revision();
            states.put(revision, state(store));
        }
        return store;
    }

    private static SessionDelta anything(Random random, int number) {
        SessionDelta delta = SessionDelta.of("s");
        for (String name : List.of("a", "b", "c", "d")) {
            delta = switch (random.nextInt(8)) {
                case 0, 1 -> delta.put(name, "text/plain", bytes(name + " " + number), EntryChange.ANY);
                case 2 -> delta.remove(name, EntryChange.ANY);
                default -> delta;
            };
        }
        return random.nextInt(4) > 0
                ? delta
                : delta.attributes(new AttributeChange(null, null, null, Map.of("number", "" + number), Set.of()));
    }

    private static Map<String, String> state(InMemorySessionStore store) {
        Map<String, String> digests = new TreeMap<>();
        for (EntryInfo entry : store.find(CALLER, "s").orElseThrow().entries()) {
            digests.put(entry.name(), entry.sha256());
        }
        return digests;
    }
}
