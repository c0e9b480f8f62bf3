// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.serpentry.session.ArchiveProblem;
import io.serpentry.session.ArchiveRefusedException;
import io.serpentry.session.Caller;
import io.serpentry.session.ImportMode;
import io.serpentry.session.ImportReport;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.memory.InMemorySessionStore;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.testkit.ManualClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store to export from and one to import into, both in memory, and short forms of what tests do with them. */
@Timeout(180)
abstract class ArchiveFixture {

    static final Caller ADA = Caller.of("ada");
    static final Caller BOB = Caller.of("bob");
    static final Caller OPERATOR = Caller.operator("olga");
    static final ImportMode WHOLE = ImportMode.wholeFile();
    static final ImportMode EACH = ImportMode.sessionBySession();

    final ManualClock clock = new ManualClock();
    private SessionSettings targetSettings = SessionSettings.defaults();
    SessionStore source = memory(SessionSettings.defaults());
    SessionStore target = memory(targetSettings);

    @TempDir
    Path spool;

    SessionStore memory(SessionSettings settings) {
        return new InMemorySessionStore(settings, clock);
    }

    /** An empty target with other settings. */
    void limitTarget(SessionSettings settings) {
        targetSettings = settings;
        target = memory(settings);
    }

    JsonLinesArchive archive(SessionStore store) {
        return new JsonLinesArchive(store, Runnable::run, targetSettings, clock, spool);
    }

    static SessionSettings limits(int maxEntrySize, int maxEntries, long maxBytes) {
        SessionSettings usual = SessionSettings.defaults();
        return new SessionSettings(
                usual.idleTimeout(),
                usual.temporaryIdleTimeout(),
                usual.lifetime(),
                usual.touchInterval(),
                maxEntrySize,
                maxEntries,
                maxBytes,
                usual.maxSessionsPerOwner(),
                usual.historyCount(),
                usual.historyAge(),
                usual.codec());
    }

    static NewSession session(String id) {
        return NewSession.durable().id(id);
    }

    /** One session of Ada's with each kind of entry there is, and one of Bob's without any. */
    void createTwo() {
        source.create(
                ADA,
                session("a")
                        .metadata("topic", "ä \"quoted\"")
                        .entry("blob", "application/octet-stream", new byte[] {0, -1, 10})
                        .entry("text", "text/plain", bytes("hello")));
        source.save(ADA, SessionDelta.of("a").increment("calls", -42));
        source.create(BOB, session("b"));
    }

    byte[] exported() {
        return exported(source, SessionQuery.all());
    }

    byte[] exported(SessionStore store, SessionQuery query) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            archive(store).exportTo(OPERATOR, query, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    List<String> exportedLines() {
        return lines(exported());
    }

    static List<String> lines(byte[] archive) {
        return new ArrayList<>(
                new String(archive, StandardCharsets.UTF_8).lines().toList());
    }

    static byte[] joined(List<String> lines) {
        return bytes(String.join("\n", lines) + "\n");
    }

    ImportReport imported(ImportMode mode, byte[] archive) {
        return imported(OPERATOR, mode, new ByteArrayInputStream(archive));
    }

    ImportReport imported(Caller caller, ImportMode mode, InputStream archive) {
        try {
            return archive(target).importFrom(caller, archive, mode);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The whole file is refused, and the target is as empty as before. */
    ArchiveProblem refusal(byte[] archive) {
        ArchiveRefusedException refused =
                catchThrowableOfType(ArchiveRefusedException.class, () -> imported(WHOLE, archive));
        assertThat(refused).as("a refusal").isNotNull();
        assertThat(Snapshot.of(target)).isEmpty();
        return refused.problems().get(0);
    }

    List<Path> spooled() {
        try (Stream<Path> files = Files.list(spool)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
