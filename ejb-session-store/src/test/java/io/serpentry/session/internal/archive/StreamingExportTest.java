// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryRead;
import io.serpentry.session.ExportReport;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** However much is exported, no more than one entry is held. */
class StreamingExportTest extends ArchiveFixture {

    private static final int ENTRY = 1 << 20;
    private static final int SESSIONS = 4;
    private static final int ENTRIES = 8;
    /** Between the export and its stream there may be a buffer. */
    private static final int SLACK = 128 << 10;

    private long handedOut;
    private long written;
    private long mostHeld;
    private int mostAtOnce;

    /** Counts the bytes that were given to the export and are not in its stream. */
    private final SessionStore counting = new ForwardingStore(source) {
        @Override
        public List<EntryRead> entries(Caller caller, String session, Set<String> names, Set<String> known) {
            List<EntryRead> read = super.entries(caller, session, names, known);
            handedOut += read.stream().mapToLong(entry -> entry.info().size()).sum();
            mostHeld = Math.max(mostHeld, handedOut - written * 3 / 4);
            mostAtOnce = Math.max(mostAtOnce, read.size());
            return read;
        }
    };

    private final OutputStream out = new OutputStream() {
        @Override
        public void write(int b) {
            written++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            written += length;
        }
    };

    @Test
    void noMoreThanOneEntryMustBeHeld() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < SESSIONS; i++) {
            NewSession session = session("s" + i);
            for (int j = 0; j < ENTRIES; j++) {
                byte[] content = new byte[ENTRY];
                random.nextBytes(content);
                session = session.entry("e" + j, "application/octet-stream", content);
            }
            source.create(ADA, session);
        }

        ExportReport report = archive(counting).exportTo(OPERATOR, SessionQuery.all(), out);

        assertThat(report.entries()).isEqualTo(SESSIONS * ENTRIES);
        assertThat(handedOut).isEqualTo((long) SESSIONS * ENTRIES * ENTRY);
        assertThat(mostAtOnce).isEqualTo(1);
        assertThat(mostHeld).isBetween((long) ENTRY, (long) ENTRY + SLACK);
    }
}
