// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.session.ArchiveRefusedException;
import io.serpentry.session.ImportReport;
import io.serpentry.session.ImportReport.Outcome;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file that is not what was exported is refused, or its sessions are imported as they were and the rest is reported. */
class DamageTest extends ArchiveFixture {

    private byte[] archive;
    private Map<String, Snapshot> original;

    @BeforeEach
    void export() {
        createTwo();
        archive = exported();
        original = Snapshot.of(source);
    }

    private void mustBeNoticed(byte[] damaged, String what) {
        assertThatThrownBy(() -> imported(WHOLE, damaged)).as(what).isInstanceOf(ArchiveRefusedException.class);
        assertThat(Snapshot.of(target)).as(what).isEmpty();
        mustBeReported(damaged, what);
    }

    /** Into an empty store. */
    private void mustBeReported(byte[] damaged, String what) {
        SessionStore empty = target;
        target = memory(SessionSettings.defaults());
        try {
            ImportReport report = imported(EACH, damaged);
            assertThat(report.problems()).as(what).isNotEmpty();
            assertThat(report.intact()).as(what).isFalse();
            assertThat(original).as(what).containsAllEntriesOf(Snapshot.of(target));
        } catch (ArchiveRefusedException e) {
            assertThat(Snapshot.of(target)).as(what).isEmpty();
        } finally {
            target = empty;
        }
    }

    @Test
    void everyFlippedBitMustBeNoticed() {
        for (int i = 0; i < archive.length; i++) {
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                byte[] damaged = archive.clone();
                damaged[i] ^= (byte) (1 << bit);
                mustBeNoticed(damaged, "bit " + bit + " of byte " + i);
            }
        }
    }

    @Test
    void everyByteThatIsReplacedByWhiteSpaceMustBeNoticed() {
        for (int i = 0; i < archive.length; i++) {
            for (byte space : bytes(" \t\r\n")) {
                byte[] damaged = archive.clone();
                damaged[i] = space;
                if (archive[i] != space) {
                    mustBeNoticed(damaged, "byte " + i + " is " + space);
                }
            }
        }
    }

    @Test
    void everyByteThatIsMissingOrDoubledMustBeNoticed() {
        for (int i = 0; i < archive.length; i++) {
            byte[] missing = new byte[archive.length - 1];
            System.arraycopy(archive, 0, missing, 0, i);
            System.arraycopy(archive, i + 1, missing, i, archive.length - i - 1);
            mustBeNoticed(missing, "byte " + i + " is missing");

            byte[] doubled = new byte[archive.length + 1];
            System.arraycopy(archive, 0, doubled, 0, i + 1);
            System.arraycopy(archive, i, doubled, i + 1, archive.length - i);
            mustBeNoticed(doubled, "byte " + i + " is doubled");
        }
    }

    @Test
    void everyTruncationMustBeNoticed() {
        for (int length = 0; length < archive.length; length++) {
            mustBeNoticed(Arrays.copyOf(archive, length), "cut after " + length);
        }
    }

    @Test
    void everyLineThatIsMissingOrDoubledMustBeNoticed() {
        for (int i = 0; i < lines(archive).size(); i++) {
            List<String> missing = lines(archive);
            missing.remove(i);
            mustBeNoticed(joined(missing), "line " + i + " is missing");

            List<String> doubled = lines(archive);
            doubled.add(i, doubled.get(i));
            mustBeNoticed(joined(doubled), "line " + i + " is doubled");
        }
    }

    @Test
    void everyTwoLinesThatChangePlacesMustBeNoticed() {
        for (int i = 0; i < lines(archive).size(); i++) {
            for (int j = 0; j < i; j++) {
                List<String> lines = lines(archive);
                Collections.swap(lines, i, j);
                mustBeNoticed(joined(lines), "lines " + j + " and " + i);
            }
        }
    }

    @Test
    void randomDamageMustBeNoticed() {
        Random random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = archive.clone();
            int from = random.nextInt(damaged.length);
            int to = Math.min(damaged.length, from + 1 + random.nextInt(64));
            byte[] noise = new byte[to - from];
            random.nextBytes(noise);
            System.arraycopy(noise, 0, damaged, from, noise.length);
            if (!Arrays.equals(damaged, archive)) {
                mustBeNoticed(damaged, "round " + i);
            }
        }
    }

    @Test
    void whatFollowsTheLastLineMustBeNoticed() {
        for (String more : List.of("\n", "x", "{}\n", lines(archive).get(0) + "\n")) {
            mustBeNoticed(bytes(new String(archive, UTF_8) + more), more);
        }
    }

    @Test
    void aSessionThatFollowsTheLastLineMustNotBeImported() {
        source.create(ADA, session("c"));
        List<String> longer = exportedLines();
        int other = indexOf(longer, "\"id\":\"c\"");

        mustBeNoticed(
                bytes(new String(archive, UTF_8) + new String(joined(longer.subList(other, other + 2)), UTF_8)), "c");
    }

    @Test
    void oneArchiveAfterTheOtherMustBeNoticed() {
        byte[] twice = Arrays.copyOf(archive, archive.length * 2);
        System.arraycopy(archive, 0, twice, archive.length, archive.length);

        mustBeNoticed(twice, "twice");
    }

    @Test
    void aSessionThatIsWholeMustBeImportedWhateverBecameOfTheOthers() {
        List<String> lines = lines(archive);
        int text = indexOf(lines, "\"name\":\"text\"");
        lines.set(text, lines.get(text).replace("aGVsbG8=", "bGVsbG8="));

        ImportReport report = imported(EACH, joined(lines));

        assertThat(Snapshot.of(target)).containsOnlyKeys("b");
        assertThat(report.count(Outcome.CREATED)).isEqualTo(1);
        assertThat(report.count(Outcome.REFUSED)).isEqualTo(1);
        assertThat(report.problems()).first().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(text + 1);
            assertThat(problem.session()).isEqualTo("a");
            assertThat(problem.message()).contains("\"text\"");
        });
    }

    @Test
    void aSessionWhoseFirstLineIsUnreadableMustBeNamed() {
        List<String> lines = lines(archive);
        lines.set(indexOf(lines, "\"id\":\"a\""), "?");

        ImportReport report = imported(EACH, joined(lines));

        assertThat(report.problems()).extracting("session").containsExactly(null, "a", null);
        assertThat(Snapshot.of(target)).containsOnlyKeys("b");
    }

    @Test
    void twoSessionsWithoutTheLinesBetweenThemMustBothBeNamed() {
        List<String> lines = lines(archive);
        int between = indexOf(lines, "\"id\":\"a\"") - 1;
        lines.subList(between, between + 2).clear();

        ImportReport report = imported(EACH, joined(lines));

        assertThat(report.problems()).extracting("session").containsExactly("b", "a", null);
        assertThat(report.count(Outcome.REFUSED)).isEqualTo(2);
        assertThat(Snapshot.of(target)).isEmpty();
    }

    private static int indexOf(List<String> lines, String part) {
        int index = 0;
        while (!lines.get(index).contains(part)) {
            index++;
        }
        return index;
    }
}
