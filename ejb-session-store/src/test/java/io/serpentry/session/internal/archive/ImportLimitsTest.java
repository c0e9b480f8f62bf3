// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ErrorCode;
import io.serpentry.session.ArchiveProblem;
import io.serpentry.session.ArchiveRefusedException;
import io.serpentry.session.ImportReport;
import io.serpentry.session.ImportReport.Outcome;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.internal.store.SessionSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Files that are more than this store, the heap or the disk can take. */
class ImportLimitsTest extends ArchiveFixture {

    private static final long BEYOND_ANY_ARRAY = (1L << 31) + (1 << 20);

    /** Gives the same letter so many times, or for ever, and counts. */
    private static final class Letters extends InputStream {
        private final long size;
        private long given;

        Letters(long size) {
            this.size = size;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            int some = (int) Math.min(length, size - given);
            Arrays.fill(bytes, offset, offset + some, (byte) 'x');
            given += some;
            return some == 0 && length > 0 ? -1 : some;
        }
    }

    private static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }

    private void createBigAndSmall() {
        source.create(
                ADA, session("big").entry("a", "text/plain", new byte[3000]).entry("b", "text/plain", new byte[3000]));
        source.create(ADA, session("small").entry("a", "text/plain", new byte[10]));
    }

    private void bigMustBeRefused(SessionSettings limits, ErrorCode code) {
        createBigAndSmall();
        limitTarget(limits);

        ArchiveProblem refusal = refusal(exported());
        ImportReport report = imported(EACH, exported());

        assertThat(refusal.session()).isEqualTo("big");
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(report.problems()).containsExactly(refusal);
        assertThat(report.count(Outcome.REFUSED)).isEqualTo(1);
        assertThat(report.intact()).isTrue();
        assertThat(Snapshot.of(target)).containsOnlyKeys("small");
    }

    @Test
    void anEntryThatIsTooLargeMustBeRefused() {
        bigMustBeRefused(limits(2999, 1000, 1 << 20), ErrorCode.MESSAGE_TOO_LARGE);
    }

    @Test
    void aSessionWithTooManyBytesMustBeRefused() {
        bigMustBeRefused(limits(4096, 1000, 6143), ErrorCode.QUOTA_EXCEEDED);
    }

    @Test
    void aSessionWithTooManyEntriesMustBeRefused() {
        bigMustBeRefused(limits(4096, 1, 1 << 20), ErrorCode.QUOTA_EXCEEDED);
    }

    @Test
    void aSessionThatFillsTheLimitsMustBeImported() {
        createBigAndSmall();
        limitTarget(limits(3000, 2, 6144));

        assertThat(imported(WHOLE, exported()).count(Outcome.CREATED)).isEqualTo(2);
    }

    @Test
    void theLongestMetadataMustFitALineWhateverTheLimitOfEntries() {
        NewSession session = session("a");
        for (int i = 0; i < 64; i++) {
            session = session.metadata("\u4e00".repeat(253) + (char) ('\u4e00' + i), "\"\u4e00".repeat(512));
        }
        source.create(ADA, session);
        limitTarget(limits(1, 1, 1024));

        imported(WHOLE, exported());

        assertThat(Snapshot.of(target)).isEqualTo(Snapshot.of(source));
    }

    @Test
    void moreEntriesThanASessionCanBeCreatedWithMustAllCome() {
        limitTarget(limits(1 << 10, 5000, 64 << 20));
        source = memory(limits(1 << 10, 5000, 64 << 20));
        source.create(ADA, session("a"));
        for (int i = 0; i < 3; i++) {
            SessionDelta delta = SessionDelta.of("a");
            for (int j = 0; j < 900; j++) {
                String name = "e" + i + "-" + j;
                delta = i == 2 ? delta.increment(name, j) : delta.put(name, "text/plain", bytes(name), 0);
            }
            source.save(ADA, delta);
        }

        assertThat(imported(WHOLE, exported()).entries()).isEqualTo(2700);
        assertThat(Snapshot.of(target)).isEqualTo(Snapshot.of(source));
    }

    @Test
    void aLineBeyondAnyArrayMustBePassedOverInASessionOfItsOwn() {
        source.create(ADA, session("before"));
        source.create(ADA, session("later"));
        limitTarget(limits(1024, 10, 10_240));
        List<String> lines = exportedLines();
        InputStream file = new SequenceInputStream(Collections.enumeration(List.of(
                stream(joined(lines.subList(0, 2))),
                new Letters(BEYOND_ANY_ARRAY),
                stream(bytes("\n")),
                stream(joined(lines.subList(2, lines.size()))))));

        ImportReport report = imported(OPERATOR, EACH, file);

        assertThat(report.count(Outcome.REFUSED)).isEqualTo(1);
        assertThat(report.count(Outcome.CREATED)).isEqualTo(1);
        assertThat(report.intact()).isFalse();
        assertThat(report.problems().get(0).line()).isEqualTo(3);
        assertThat(report.problems().get(0).code()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    }

    @Test
    void aLineWithoutEndMustBeRefusedWhenItIsTooLong() {
        Letters endless = new Letters(1L << 33);
        limitTarget(limits(1024, 10, 10_240));
        InputStream file = new SequenceInputStream(stream(joined(exportedLines().subList(0, 1))), endless);

        assertThatThrownBy(() -> imported(OPERATOR, WHOLE, file)).hasMessageContaining("line 2");
        assertThat(endless.given).isLessThan(1 << 20);
    }

    @Test
    void aReportMustHoldTheFirstThousandProblems() {
        IntStream.range(0, 1100).forEach(i -> source.create(ADA, session("s" + i)));
        byte[] archive = exported();
        imported(WHOLE, archive);

        ImportReport report = imported(EACH, archive);

        assertThat(report.count(Outcome.REFUSED)).isEqualTo(1100);
        assertThat(report.problems()).hasSize(1000);
        assertThat(report.problemsLeftOut()).isEqualTo(100);
    }

    @Test
    void theCopyOfTheFileMustBeForItsOwnerOnly() throws IOException {
        assertThat(Files.getPosixFilePermissions(Spool.file(spool)))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void theCopyOfTheFileMustNotRemainWhateverBecomesOfTheImport() {
        createTwo();
        byte[] archive = exported();

        imported(WHOLE, archive);
        assertThatThrownBy(() -> imported(WHOLE, archive)).isInstanceOf(ArchiveRefusedException.class);

        assertThat(spooled()).isEmpty();
    }
}
