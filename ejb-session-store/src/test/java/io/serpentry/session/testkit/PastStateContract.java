// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.EntryChange;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionRevision;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That every state of which the history tells is the one that was. */
abstract class PastStateContract extends StoreFixture {

    PastStateContract(SessionStoreContract adapter) {
        super(adapter);
    }

    private static SessionDelta delta() {
        return SessionDelta.of("s");
    }

    private void restore(long revision) {
        store().restore(ADA, "s", revision);
    }

    /** What each entry holds. */
    private Map<String, String> digests() {
        Map<String, String> digests = new TreeMap<>();
        view("s").entries().forEach(entry -> digests.put(entry.name(), entry.sha256() + entry.counter()));
        return digests;
    }

    @Test
    void restoresAndSavesAtOnceMustNotGetInEachOthersWay() {
        open(settings().historyCount(1000));
        create("s", "a", "b");
        save(put(put(delta(), "a", "x"), "b", "y"));

        Together.run(8, thread -> {
            for (int i = 0; i < 15; i++) {
                if (thread < 2) {
                    restore(i % 2 == 0 ? 1 : 3);
                } else {
                    save(put(delta(), "e" + thread, "x" + i));
                }
            }
            return null;
        });

        restore(1);
        assertThat(text("s", "a") + text("s", "b")).isEqualTo("ab");
        assertThat(info("s").entryCount()).isEqualTo(2);
        assertThat(info("s").bytes()).isEqualTo(2048);
    }

    /** What was there is written down with each save, and compared with what a restore to any state that is told makes of it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 10})
    void everyStateThatIsToldMustBeTheOneThatWas(int historyCount) {
        open(settings().historyCount(historyCount).historyAge(Duration.ofDays(5)));
        for (int seed = 0; seed < 15; seed++) {
            new Walk(seed).requireTruth();
        }
    }

    /** Random saves to one session. */
    private final class Walk {

        private final int seed;
        private final Random random;
        private final Map<Long, Map<String, String>> states = new TreeMap<>();

        Walk(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        void requireTruth() {
            store().create(ADA, session("s", "a", "b").idleTimeout(Duration.ofDays(1000)));
            note();
            for (int step = 0; step < 25; step++) {
                clock.pass(Duration.ofHours(random.nextInt(20)));
                if (step < 12 || random.nextInt(3) > 0) {
                    save(anything(step));
                } else {
                    restoreAnything();
                }
                note();
                assertThat(states.keySet()).as("told of seed %s", seed).containsAll(told());
            }
            store().delete(ADA, "s");
        }

        private void note() {
            states.put(info("s").revision(), digests());
        }

        private List<Long> told() {
            return store().revisions(ADA, "s").stream()
                    .map(SessionRevision::revision)
                    .toList();
        }

        private void restoreAnything() {
            List<Long> told = told();
            long revision = told.get(random.nextInt(told.size()));
            restore(revision);
            assertThat(digests()).as("revision %s of seed %s", revision, seed).isEqualTo(states.get(revision));
        }

        private SessionDelta anything(int step) {
            SessionDelta delta = delta();
            for (String name : List.of("a", "b", "c", "d")) {
                delta = switch (random.nextInt(8)) {
                    case 0, 1 -> put(delta, name, name + step);
                    case 2 -> delta.remove(name, EntryChange.ANY);
                    default -> delta;
                };
            }
            if (random.nextInt(4) == 0) {
                delta = delta.increment("n", 1 + step);
            }
            return random.nextInt(4) > 0
                    ? delta
                    : delta.attributes(new AttributeChange(null, null, null, Map.of("step", "" + step), Set.of()));
        }
    }
}
