// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.connector.ErrorCode;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryCorruptException;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.ExportReport;
import io.serpentry.session.ImportReport;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import io.serpentry.session.StoreUnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What others, or damage, do to the store while it is exported. */
class ChangingExportTest extends ArchiveFixture {

    private static final SessionDelta CHANGE_ALL = SessionDelta.of("a")
            .put("blob", "text/plain", bytes("later"), EntryChange.ANY)
            .put("text", "text/plain", bytes("later"), EntryChange.ANY)
            .increment("calls", 1);

    /** Something happens before the entry "calls" is read for the first time, which is the second one. */
    private final class Interrupted extends ForwardingStore {
        private Runnable interruption;

        Interrupted(Runnable interruption) {
            super(source);
            this.interruption = interruption;
        }

        @Override
        public List<EntryRead> entries(Caller caller, String session, Set<String> names, Set<String> known) {
            if (names.contains("calls")) {
                interruption.run();
                interruption = () -> {};
            }
            return super.entries(caller, session, names, known);
        }
    }

    /** Session a is changed whenever it was looked at, so many times, and nothing is kept of what it was. */
    private final class Forgetful extends ForwardingStore {
        private int changes;

        Forgetful(int changes) {
            super(source);
            this.changes = changes;
        }

        @Override
        public Optional<SessionView> find(Caller caller, String session) {
            Optional<SessionView> found = super.find(caller, session);
            if (session.equals("a") && changes-- > 0) {
                source.save(ADA, CHANGE_ALL);
            }
            return found;
        }

        @Override
        public Optional<EntryRead> version(Caller caller, String session, String name, long version) {
            return Optional.empty();
        }
    }

    /** One entry can not be read. */
    private final class Unreadable extends ForwardingStore {
        Unreadable() {
            super(source);
        }

        @Override
        public List<EntryRead> entries(Caller caller, String session, Set<String> names, Set<String> known) {
            return super.entries(caller, session, names, known).stream()
                    .map(read -> read.info().name().equals("text") ? corrupt(session, read.info()) : read)
                    .toList();
        }

        private EntryRead corrupt(String session, EntryInfo info) {
            return new EntryRead.Corrupt(
                    info,
                    new EntryCorruptException(
                            session, info.name(), info.version(), EntryCorruptException.Reason.CHECKSUM));
        }
    }

    private ExportReport export(SessionStore store, ByteArrayOutputStream out) throws IOException {
        return archive(store).exportTo(OPERATOR, SessionQuery.all(), out);
    }

    @Test
    void aVersionThatIsReplacedMeanwhileMustComeFromTheHistory() throws IOException {
        createTwo();
        Map<String, Snapshot> before = Snapshot.of(source);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        export(new Interrupted(() -> source.save(ADA, CHANGE_ALL)), out);
        imported(WHOLE, out.toByteArray());

        assertThat(Snapshot.of(target)).isEqualTo(before);
    }

    @Test
    void anEntryThatIsRemovedMeanwhileMustComeFromTheHistory() throws IOException {
        createTwo();
        Map<String, Snapshot> before = Snapshot.of(source);
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        export(
                new Interrupted(() -> source.save(
                        ADA,
                        SessionDelta.of("a").remove("text", EntryChange.ANY).remove("calls", EntryChange.ANY))),
                out);
        imported(WHOLE, out.toByteArray());

        assertThat(Snapshot.of(target)).isEqualTo(before);
    }

    @Test
    void aSessionThatEndsMeanwhileMustBeLeftOut() throws IOException {
        createTwo();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        ExportReport report = export(new Interrupted(() -> source.delete(ADA, "a")), out);
        ImportReport imported = imported(WHOLE, out.toByteArray());

        assertThat(report.problems()).isEmpty();
        assertThat(report.sessions()).isEqualTo(1);
        assertThat(imported.problems()).isEmpty();
        assertThat(Snapshot.of(target)).containsOnlyKeys("b");
    }

    @Test
    void aSessionOfWhichNoMomentCanBeHadMustBeBegunAgain() throws IOException {
        createTwo();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        ExportReport report = export(new Forgetful(2), out);
        ImportReport imported = imported(EACH, out.toByteArray());

        assertThat(report.sessions()).isEqualTo(2);
        assertThat(lines(out.toByteArray()))
                .filteredOn(line -> line.startsWith("{\"type\":\"abandoned\""))
                .hasSize(2);
        assertThat(imported.intact()).isTrue();
        assertThat(imported.problems()).isEmpty();
        assertThat(Snapshot.of(target)).isEqualTo(Snapshot.of(source));
    }

    @Test
    void aSessionThatIsAlwaysChangedMustBeReportedAndNotBeInTheArchive() throws IOException {
        createTwo();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        ExportReport report = export(new Forgetful(Integer.MAX_VALUE), out);
        imported(WHOLE, out.toByteArray());

        assertThat(report.sessions()).isEqualTo(1);
        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.session()).isEqualTo("a");
            assertThat(problem.code()).isEqualTo(ErrorCode.SESSION_CONFLICT);
        });
        assertThat(Snapshot.of(target)).containsOnlyKeys("b");
    }

    @Test
    void anUnreadableEntryMustBeALineWithTheReason() throws IOException {
        createTwo();
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        ExportReport report = export(new Unreadable(), out);

        assertThat(report.entries()).isEqualTo(3);
        assertThat(report.unreadable()).isEqualTo(1);
        assertThat(report.problems()).singleElement().satisfies(problem -> assertThat(problem.code())
                .isEqualTo(ErrorCode.ENTRY_CORRUPT));
        assertThat(lines(out.toByteArray()))
                .filteredOn(line -> line.contains("\"name\":\"text\""))
                .singleElement()
                .asString()
                .endsWith("\"quarantined\":\"CHECKSUM\"}");
    }

    @Test
    void anUnreadableEntryMustBeLeftOutAndReportedByTheImport() throws IOException {
        createTwo();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        export(new Unreadable(), out);

        ImportReport report = imported(WHOLE, out.toByteArray());

        assertThat(report.count(ImportReport.Outcome.CREATED)).isEqualTo(2);
        assertThat(report.entries()).isEqualTo(2);
        assertThat(report.unreadable()).isEqualTo(1);
        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.session()).isEqualTo("a");
            assertThat(problem.code()).isEqualTo(ErrorCode.ENTRY_CORRUPT);
            assertThat(problem.message()).contains("\"text\"").contains("CHECKSUM");
        });
        assertThat(Snapshot.of(target).get("a").entries()).containsOnlyKeys("blob", "calls");
    }

    @Test
    void whatAStoreRemembersMustNotBeExported() {
        createTwo();
        SessionStore remembering = new ForwardingStore(source) {
            @Override
            public Optional<SessionView> find(Caller caller, String session) {
                return super.find(caller, session)
                        .map(view -> new SessionView(
                                view.info(), view.entries(), view.readAt().minus(Duration.ofMillis(1))));
            }
        };

        assertThatThrownBy(() -> archive(remembering).exportTo(BOB, "b", new ByteArrayOutputStream()))
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void anExportThatTheStoreEndsMustBeRefusedByAnImport() {
        createTwo();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SessionStore failing = new Interrupted(() -> {
            throw new StoreUnavailableException("gone", false, null);
        });

        assertThatThrownBy(() -> export(failing, out)).isInstanceOf(StoreUnavailableException.class);
        refusal(out.toByteArray());
    }
}
