// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ErrorCode;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.RevisionNotFoundException;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionView;
import io.serpentry.session.StoreCapability;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a store with {@link StoreCapability#HISTORY} goes back to what was. */
public abstract class RestoreContract extends StoreFixture {

    protected RestoreContract(SessionStoreContract adapter) {
        super(adapter);
    }

    @Nested
    class Repairs extends RepairContract {
        Repairs() {
            super(RestoreContract.this.adapter());
        }
    }

    @Nested
    class PastStates extends PastStateContract {
        PastStates() {
            super(RestoreContract.this.adapter());
        }
    }

    private static SessionDelta delta() {
        return SessionDelta.of("s");
    }

    private Saved restore(long revision) {
        return store().restore(ADA, "s", revision);
    }

    private Saved restoreEntry(String name, long version) {
        return store().restoreEntry(ADA, "s", name, version);
    }

    /** What each entry holds. */
    private Map<String, String> contents() {
        Map<String, String> contents = new TreeMap<>();
        Set<String> names = new TreeMap<>(digests()).keySet();
        store().entries(ADA, "s", names, Set.of())
                .forEach(read -> contents.put(read.info().name(), text(read)));
        return contents;
    }

    private Map<String, String> digests() {
        Map<String, String> digests = new HashMap<>();
        view("s").entries().forEach(entry -> digests.put(entry.name(), entry.sha256() + entry.counter()));
        return digests;
    }

    private static void requireNotKept(ThrowingCallable call) {
        assertThat(refusal(call)).isInstanceOf(RevisionNotFoundException.class).satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(refusal).hasMessageContaining("\"s\"");
        });
    }

    @Test
    void entriesMustBeWhatTheyWere() {
        create("s", "changed", "removed", "same");
        save(put(put(delta(), "changed", "x"), "added", "y").remove("removed", 1));

        Saved restored = restore(1);

        assertThat(contents()).isEqualTo(Map.of("changed", "changed", "removed", "removed", "same", "same"));
        assertThat(restored.versions()).isEqualTo(Map.of("changed", 3L, "removed", 2L));
        assertThat(view("s").entry("same").orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void aRestoreMustBeANewRevisionOfOneChangeEach() {
        create("s", "changed", "removed", "same");
        save(put(put(delta(), "changed", "x"), "added", "y").remove("removed", 1));
        clock.pass(Duration.ofSeconds(5));

        Saved restored = store().restore(OPERATOR, "s", 1);

        assertThat(restored.revision()).isEqualTo(7);
        assertThat(info("s").revision()).isEqualTo(7);
        assertThat(store().revisions(ADA, "s").get(0))
                .isEqualTo(new SessionRevision(
                        7,
                        clock.instant(),
                        "olga",
                        List.of(
                                new SessionRevision.Change("added", 1, true),
                                new SessionRevision.Change("changed", 3, false),
                                new SessionRevision.Change("removed", 2, false))));
    }

    @Test
    void theStatesBeforeARestoreMustStayReachable() {
        create("s", "a");
        put("s", "a", "a 2");
        put("s", "a", "a 3");

        restore(1);
        assertThat(contents()).isEqualTo(Map.of("a", "a"));
        restore(3);
        assertThat(contents()).isEqualTo(Map.of("a", "a 3"));
        restore(2);
        assertThat(contents()).isEqualTo(Map.of("a", "a 2"));
        assertThat(store().revisions(ADA, "s"))
                .extracting(SessionRevision::revision)
                .containsExactly(6L, 5L, 4L, 3L, 2L, 1L);
    }

    @Test
    void attributesMustStayAsTheyAre() {
        create("s", "a");
        save(delta().attributes(new AttributeChange(
                null, Duration.ofHours(5), Duration.ofDays(5), Map.of("k", "v"), Set.of())));
        put("s", "a", "x");
        SessionInfo before = info("s");

        restore(1);

        assertThat(info("s"))
                .usingRecursiveComparison()
                .ignoringFields("revision")
                .isEqualTo(before);
    }

    @Test
    void theStateOfAChangeOfAttributesMustBeRestorable() {
        create("s", "a");
        save(delta().attributes(new AttributeChange(null, null, null, Map.of("k", "v"), Set.of())));
        put("s", "a", "x");

        assertThat(restore(2).revision()).isEqualTo(4);
        assertThat(contents()).isEqualTo(Map.of("a", "a"));
        assertThat(info("s").metadata()).containsKey("k");
    }

    @Test
    void thePresentStateMustBeRestoredByChangingNothing() {
        create("s", "a");
        put("s", "a", "a 2");
        SessionView before = view("s");

        assertThat(restore(2)).isEqualTo(new Saved(2, Map.of(), Map.of()));

        assertThat(view("s")).isEqualTo(before);
        assertThat(tested().storedVersions("s")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 5, 2, Long.MAX_VALUE})
    void aRevisionThatNeverWasMustBeRefused(long revision) {
        create("s", "a");
        // From 1 to 3 at once.
        save(put(put(delta(), "a", "x"), "b", "y"));
        remove("s", "b");
        SessionView before = view("s");

        requireNotKept(() -> restore(revision));
        assertThat(view("s")).isEqualTo(before);
    }

    @Test
    void aRevisionThatIsNotKeptMustBeRefusedWithTheOldestThatIs() {
        open(settings().historyCount(2));
        create("s", "a");
        for (int i = 2; i <= 6; i++) {
            put("s", "a", "a " + i);
        }

        assertThat(refusal(() -> restore(3)))
                .hasMessageContaining("the oldest is 4")
                .satisfies(refusal -> assertThat(refusal.context()).isEqualTo(Map.of("session", "s", "oldest", "4")));
        assertThat(restore(4).versions()).isEqualTo(Map.of("a", 7L));
        assertThat(contents()).isEqualTo(Map.of("a", "a 4"));
    }

    @Test
    void anEarlierVersionOfOneEntryMustBeRestored() {
        store().create(ADA, session("s", "other").entry("a", "application/json", bytes("{}")));
        put("s", "a", "a 2");
        put("s", "other", "x");

        assertThat(restoreEntry("a", 1)).isEqualTo(new Saved(4, Map.of("a", 3L), Map.of()));
        assertThat(contents()).isEqualTo(Map.of("a", "{}", "other", "x"));
        assertThat(view("s").entry("a").orElseThrow().mediaType()).isEqualTo("application/json");
    }

    @Test
    void anEntryThatWasRemovedMustBeRestored() {
        create("s", "a");
        put("s", "a", "a 2");
        remove("s", "a");

        assertThat(restoreEntry("a", 2)).isEqualTo(new Saved(4, Map.of("a", 3L), Map.of()));
        assertThat(contents()).isEqualTo(Map.of("a", "a 2"));
        assertThat(info("s").entryCount()).isEqualTo(1);
        assertThat(info("s").bytes()).isEqualTo(1024);
    }

    @Test
    void thePresentVersionOfAnEntryMustBeRestoredByChangingNothing() {
        create("s", "a");
        SessionView before = view("s");

        assertThat(restoreEntry("a", 1)).isEqualTo(new Saved(1, Map.of(), Map.of()));
        assertThat(view("s")).isEqualTo(before);
    }

    @Test
    void aVersionThatNeverWasMustBeRefused() {
        create("s", "a");
        put("s", "a", "a 2");

        for (long version : new long[] {Long.MIN_VALUE, -1, 0, 3, Long.MAX_VALUE}) {
            requireNotKept(() -> restoreEntry("a", version));
        }
        requireNotKept(() -> restoreEntry("none", 1));
        assertThat(info("s").revision()).isEqualTo(2);
    }

    @Test
    void aCounterMustBeACounterAgain() {
        create("s");
        save(delta().increment("n", 10));
        save(delta().increment("n", 5));
        put("s", "n", "text");

        restoreEntry("n", 1);

        assertThat(contents()).isEqualTo(Map.of("n", "10"));
        assertThat(view("s").entry("n").orElseThrow())
                .extracting(EntryInfo::counter, EntryInfo::version, EntryInfo::mediaType)
                .containsExactly(true, 4L, "application/json");
        assertThat(save(delta().increment("n", 1)).counters()).containsEntry("n", 11L);
        restore(3);
        assertThat(contents()).isEqualTo(Map.of("n", "15"));
    }

    @Test
    void whatWasBasedOnTheReplacedVersionMustConflict() {
        create("s", "a");
        put("s", "a", "a 2");
        restore(1);

        assertThatThrownBy(() -> save(delta().put("a", TEXT, bytes("late"), 2)))
                .isInstanceOf(SessionConflictException.class);
        assertThat(save(delta().put("a", TEXT, bytes("new"), 3)).versions()).containsEntry("a", 4L);
    }

    @Test
    void aRestoreMustBeAnAccess() {
        create("s", "a", "b");
        put("s", "a", "x");
        put("s", "b", "x");
        clock.pass(Duration.ofMinutes(40));
        restore(1);
        assertThat(info("s").lastAccessedAt()).isEqualTo(clock.instant());

        clock.pass(Duration.ofMinutes(40));
        restoreEntry("b", 2);
        assertThat(info("s").lastAccessedAt()).isEqualTo(clock.instant());
    }

    @Test
    void aRestoreMustKeepToTheQuotas() {
        open(settings().maxEntries(2).maxBytes(4096));
        store().create(ADA, session("s", "a").entry("big", TEXT, new byte[2048]));
        save(put(delta().remove("big", 1), "b", "x"));

        assertThatThrownBy(() -> restoreEntry("big", 1)).isInstanceOf(QuotaExceededException.class);
        assertThat(contents()).isEqualTo(Map.of("a", "a", "b", "x"));
        restore(1);
        assertThat(digests()).containsOnlyKeys("a", "big");
        assertThat(info("s").bytes()).isEqualTo(3072);
    }
}
