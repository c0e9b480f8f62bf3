// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.ExportReport;
import io.serpentry.session.ImportMode;
import io.serpentry.session.ImportMode.Existing;
import io.serpentry.session.ImportReport;
import io.serpentry.session.ImportReport.Outcome;
import io.serpentry.session.NewSession;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreCapability;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.testkit.ManualClock;
import io.serpentry.session.testkit.StoreUnderTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What export and import must do with every store. There is another store, in memory, to go to and to come from. */
@Timeout(300)
public abstract class SessionArchiveContract {

    static final Caller ADA = Caller.of("ada");
    private static final Caller OPERATOR = Caller.operator("olga");
    static final ImportMode WHOLE = ImportMode.wholeFile();
    private static final int SESSIONS = 1000;

    private final ManualClock clock = new ManualClock();
    private final SessionSettings settings = SessionSettings.defaults();
    final SessionStore other = new InMemorySessionStore(settings, clock);
    private StoreUnderTest tested;

    @TempDir
    private Path spool;

    /** A store without sessions. The test closes it. */
    protected abstract StoreUnderTest open(SessionSettings settings, InstantSource clock) throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        tested = open(settings, clock);
    }

    @AfterEach
    void closeStore() throws Exception {
        tested.close();
    }

    SessionStore store() {
        return tested.store();
    }

    private boolean isTransactional() {
        return store().capabilities().contains(StoreCapability.TRANSACTIONAL);
    }

    private OneTransaction transaction() {
        if (!isTransactional()) {
            return Runnable::run;
        }
        return calls -> tested.inTransaction(() -> {
            calls.run();
            return true;
        });
    }

    byte[] exported(SessionStore from) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new JsonLinesArchive(from, Runnable::run, settings, clock, spool).exportTo(OPERATOR, SessionQuery.all(), out);
        return out.toByteArray();
    }

    ImportReport imported(ImportMode mode, byte[] archive) throws IOException {
        return imported(store(), mode, archive);
    }

    ImportReport imported(SessionStore into, ImportMode mode, byte[] archive) throws IOException {
        return imported(OPERATOR, into, mode, archive);
    }

    ImportReport imported(Caller caller, SessionStore into, ImportMode mode, byte[] archive) throws IOException {
        OneTransaction transaction = into == other ? Runnable::run : transaction();
        return new JsonLinesArchive(into, transaction, settings, clock, spool)
                .importFrom(caller, new ByteArrayInputStream(archive), mode);
    }

    /** Sessions of both kinds and of many owners, with all kinds of entries. */
    private static void fill(SessionStore store) {
        Random random = new Random(11);
        for (int i = 0; i < SESSIONS; i++) {
            NewSession session = (i % 7 == 0 ? NewSession.temporary() : NewSession.durable())
                    .id("s" + i)
                    .owner("owner " + i % 13)
                    .idleTimeout(Duration.ofMinutes(10 + i))
                    .lifetime(i % 3 == 0 ? Duration.ofHours(1 + i) : null)
                    .metadata("key", "välue \"" + i + "\"");
            for (int j = 0; j < i % 5; j++) {
                session = session.entry("entry " + j, "application/x-" + j, content(random, j));
            }
            store.create(OPERATOR, session);
            if (i % 2 == 0) {
                store.save(
                        OPERATOR,
                        SessionDelta.of("s" + i)
                                .increment("least", Long.MIN_VALUE)
                                .increment("most", Long.MAX_VALUE)
                                .increment("zero", 0)
                                .put("ключ", "text/plain", bytes("later"), EntryChange.ABSENT));
            }
        }
    }

    private static byte[] content(Random random, int kind) {
        byte[] content = new byte[new int[] {0, 1, 300, 5000}[kind % 4]];
        if (kind % 2 == 1) {
            random.nextBytes(content);
        }
        return content;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aThousandSessionsMustGoToAnotherStoreAsTheyWere() throws IOException {
        fill(store());

        ImportReport report = imported(other, WHOLE, exported(store()));

        assertThat(report.count(Outcome.CREATED)).isEqualTo(SESSIONS);
        assertThat(report.problems()).isEmpty();
        assertThat(Snapshot.of(other)).hasSize(SESSIONS).isEqualTo(Snapshot.of(store()));
    }

    @Test
    void aThousandSessionsMustComeFromAnotherStoreAsTheyWereAndOnlyOnce() throws IOException {
        fill(other);
        byte[] archive = exported(other);

        ImportReport first = imported(WHOLE, archive);
        ImportReport second = imported(WHOLE.existing(Existing.SKIP), archive);

        assertThat(first.count(Outcome.CREATED)).isEqualTo(SESSIONS);
        assertThat(second.count(Outcome.SKIPPED)).isEqualTo(SESSIONS);
        assertThat(second.problems()).isEmpty();
        assertThat(Snapshot.of(store())).isEqualTo(Snapshot.of(other));
    }

    @Test
    void anEntryWithDamagedBytesMustBeReportedOnBothSides() throws IOException {
        store().create(
                        ADA,
                        NewSession.durable()
                                .id("a")
                                .entry("bad", "x/y", bytes("bad"))
                                .entry("good", "x/y", bytes("good")));
        tested.replaceStored("a", "bad", SessionArchiveContract::damaged);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        ExportReport exported = new JsonLinesArchive(store(), transaction(), settings, clock, spool)
                .exportTo(OPERATOR, SessionQuery.all(), out);
        ImportReport imported = imported(other, WHOLE, out.toByteArray());

        assertThat(exported.unreadable()).isEqualTo(1);
        assertThat(imported.unreadable()).isEqualTo(1);
        assertThat(imported.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(ErrorCode.ENTRY_CORRUPT);
            assertThat(problem.message()).contains("CHECKSUM");
        });
        assertThat(Snapshot.of(other).get("a").entries()).containsOnlyKeys("good");
    }

    private static StoredContent damaged(StoredContent content) {
        return new StoredContent(
                content.format(),
                content.codec(),
                content.size(),
                content.storedSize(),
                content.crc() ^ 1,
                content.sha256(),
                content.bytes());
    }

    @Test
    void aSessionWhoseCountersCanNotBeStoredMustNotBeThere() throws IOException {
        other.create(ADA, NewSession.durable().id("a"));
        other.save(ADA, SessionDelta.of("a").increment("calls", 1));

        ImportReport report = imported(refusingSaves(), WHOLE, exported(other));

        assertThat(report.count(Outcome.REFUSED)).isEqualTo(1);
        assertThat(Snapshot.of(store())).isEmpty();
    }

    SessionStore refusingSaves() {
        return new ForwardingStore(store()) {
            @Override
            public Saved save(Caller caller, SessionDelta delta) {
                throw new QuotaExceededException("quota", "The counters", 0, 1);
            }
        };
    }
}
