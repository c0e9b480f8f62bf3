// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionView;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What many savers at once make of a session, and what their readers see. */
abstract class ConcurrencyContract extends StoreFixture {

    ConcurrencyContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static SessionDelta delta() {
        return SessionDelta.of("s");
    }

    @Test
    void savesOfDifferentEntriesMustNeverConflict() {
        int saves = 40;
        create("s", IntStream.range(0, THREADS).mapToObj(i -> "e" + i).toArray(String[]::new));

        Together.run(THREADS, thread -> {
            for (int version = 1; version <= saves; version++) {
                byte[] content = bytes("x".repeat(version % 3 * 1000));
                Saved saved = save(delta().put("e" + thread, TEXT, content, version));
                assertThat(saved.versions()).containsExactly(Map.entry("e" + thread, version + 1L));
            }
            return null;
        });

        assertThat(view("s").entries()).extracting(EntryInfo::version).containsOnly(saves + 1L);
        assertThat(info("s").revision()).isEqualTo(THREADS * saves + 1L);
        assertThat(info("s").bytes()).isEqualTo(THREADS * 1024L);
    }

    @Test
    void entriesThatComeAndGoAtOnceMustNeverConflict() {
        int rounds = 20;
        create("s");

        Together.run(THREADS, thread -> {
            String name = "e" + thread;
            for (int round = 0; round < rounds; round++) {
                long version = save(delta().put(name, TEXT, bytes(name), EntryChange.ABSENT))
                        .versions()
                        .get(name);
                save(delta().remove(name, version));
            }
            save(delta().put(name, TEXT, bytes(name), EntryChange.ABSENT));
            return null;
        });

        assertThat(info("s").entryCount()).isEqualTo(THREADS);
        assertThat(info("s").bytes()).isEqualTo(THREADS * 1024L);
        assertThat(info("s").revision()).isEqualTo(1L + THREADS * (2 * rounds + 1));
    }

    @Test
    void aVersionMustNeverStandForTwoContents() {
        create("s");

        List<Set<Long>> versions = Together.run(8, thread -> IntStream.range(0, 20)
                .mapToObj(i -> {
                    long version = put("s", "a", "of " + thread).versions().get("a");
                    remove("s", "a");
                    return version;
                })
                .collect(Collectors.toCollection(HashSet::new)));

        assertThat(versions.stream().flatMap(Set::stream)).hasSize(160).doesNotHaveDuplicates();
    }

    @Test
    void noUpdateMustBeLostByThoseWhoTryAgain() {
        create("s", "sum");
        put("s", "sum", "0");
        int each = 20;

        Together.run(THREADS, thread -> {
            for (int i = 0; i < each; i++) {
                while (!isIncremented()) {
                    Thread.onSpinWait();
                }
            }
            return null;
        });

        assertThat(text("s", "sum")).isEqualTo("" + THREADS * each);
        assertThat(info("s").revision()).isEqualTo(2L + THREADS * each);
    }

    @Test
    void twoSavesMustNotEachBaseOnWhatTheOtherChanges() {
        for (int round = 1; round <= 50; round++) {
            String id = "s" + round;
            create(id, "a", "b");

            List<Boolean> saved = Together.run(
                    2,
                    thread -> isSaved(
                            thread == 0
                                    ? put(SessionDelta.of(id), "a", "x").read("b", 1)
                                    : put(SessionDelta.of(id), "b", "x").read("a", 1)));

            assertThat(saved).containsOnlyOnce(true);
        }
    }

    @Test
    void oneOfManySavesBasedOnTheSameRevisionMustSucceed() {
        create("s");
        for (int round = 0; round < 20; round++) {
            long revision = info("s").revision();

            List<Boolean> saved = Together.run(
                    THREADS, thread -> isSaved(put(delta(), "e" + thread, "x").expectedRevision(revision)));

            assertThat(saved).containsOnlyOnce(true);
            assertThat(info("s").revision()).isEqualTo(revision + 1);
        }
    }

    @Test
    void nothingMustComeBetweenARevisionAndTheSaveThatIsBasedOnIt() {
        create("s", "a", "b");

        Together.run(2, thread -> {
            for (int i = 0; i < 100; i++) {
                if (thread == 0) {
                    put("s", "a", "x");
                } else {
                    requireNothingBetween(info("s").revision());
                }
            }
            return null;
        });
    }

    private void requireNothingBetween(long revision) {
        try {
            assertThat(save(put(delta(), "b", "x").expectedRevision(revision)).revision())
                    .isEqualTo(revision + 1);
        } catch (SessionConflictException e) {
            assertThat(e.conflicts()).singleElement().satisfies(conflict -> assertThat(conflict.actual())
                    .isGreaterThan(revision));
        }
    }

    private boolean isIncremented() {
        EntryRead read = read("s", "sum");
        byte[] next = bytes("" + (Integer.parseInt(text(read)) + 1));
        return isSaved(delta().put("sum", TEXT, next, read.info().version()));
    }

    private boolean isSaved(SessionDelta delta) {
        try {
            save(delta);
            return true;
        } catch (SessionConflictException e) {
            return false;
        }
    }

    @Test
    void aReaderMustSeeSavesAsAWhole() {
        create("s", "a", "b");
        int saves = 300;

        List<Boolean> consistent = Together.run(4, thread -> thread == 0 ? saveBoth(saves) : isAlwaysWhole(saves));

        assertThat(consistent).doesNotContain(false);
    }

    private boolean saveBoth(int saves) {
        for (int i = 0; i < saves; i++) {
            save(put(put(SessionDelta.of("s"), "a", "x".repeat(i)), "b", "x".repeat(i)));
        }
        return true;
    }

    private boolean isAlwaysWhole(int looks) {
        return IntStream.range(0, looks).allMatch(look -> {
            SessionView view = view("s");
            Set<Long> found = view.entries().stream().map(EntryInfo::version).collect(Collectors.toSet());
            Set<String> read = store().entries(ADA, "s", Set.of("a", "b"), Set.of()).stream()
                    .map(one -> one.info().version() == 1 ? "" : text(one))
                    .collect(Collectors.toSet());
            long version = found.iterator().next();
            return found.size() == 1 && view.info().revision() == 2 * version - 1 && read.size() == 1;
        });
    }
}
