// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.JsonText;
import io.serpentry.connector.ErrorCode;
import io.serpentry.session.ArchiveProblem;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.ImportReport;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionState;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.SessionView;
import io.serpentry.session.StoreCapability;
import io.serpentry.session.StoreStatus;
import io.serpentry.session.Touched;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DocumentsTest {

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");

    @Test
    void aSessionAloneMustHaveItsEntries() {
        SessionView view = new SessionView(
                info(Duration.ofDays(1)), List.of(entry("history", null), entry("model", AT)), AT.plusSeconds(1));

        assertThat(text(SessionDocument.of(view)))
                .isEqualTo(
                        "{\"id\":\"claim:17\",\"owner\":\"ada\",\"kind\":\"durable\",\"state\":\"damaged\",\"revision\":8,"
                                + "\"operations\":7,\"createdAt\":\"2026-01-02T03:04:05.678Z\","
                                + "\"lastAccessedAt\":\"2026-01-02T03:04:05.678Z\",\"expiresAt\":\"2026-01-02T03:04:05.678Z\","
                                + "\"idleTimeout\":\"PT1H\",\"lifetime\":\"PT24H\",\"metadata\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"},"
                                + "\"entryCount\":2,\"bytes\":2048,\"entries\":["
                                + "{\"name\":\"history\",\"mediaType\":\"application/json\",\"size\":12,\"version\":3,\"sha256\":\"ab\","
                                + "\"counter\":false,\"writtenAt\":\"2026-01-02T03:04:05.678Z\",\"writtenBy\":\"ada\"},"
                                + "{\"name\":\"model\",\"mediaType\":\"application/json\",\"size\":12,\"version\":3,\"sha256\":\"ab\","
                                + "\"counter\":false,\"writtenAt\":\"2026-01-02T03:04:05.678Z\",\"writtenBy\":\"ada\","
                                + "\"quarantinedAt\":\"2026-01-02T03:04:05.678Z\"}],"
                                + "\"readAt\":\"2026-01-02T03:04:06.678Z\"}");
    }

    @Test
    void aSessionInAListMustHaveNoEntriesAndNoLifetimeIfThereIsNone() {
        assertThat(text(SessionDocument.of(info(null))))
                .endsWith("\"idleTimeout\":\"PT1H\",\"metadata\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"},"
                        + "\"entryCount\":2,\"bytes\":2048}");
    }

    @Test
    void whatWasSavedMustBeOrderedByName() {
        assertThat(text(SavedDocument.of(
                        new Saved(9, Map.of("c", 1L, "a", 2L, "b", 3L), Map.of("c", Long.MAX_VALUE, "b", -1L)))))
                .isEqualTo("{\"revision\":9,\"versions\":{\"a\":2,\"b\":3,\"c\":1},"
                        + "\"counters\":{\"b\":-1,\"c\":9223372036854775807}}");
    }

    @Test
    void aTouchMustTellItsOutcome() {
        assertThat(text(TouchedDocument.of(new Touched(Touched.Outcome.COALESCED, AT))))
                .isEqualTo("{\"outcome\":\"coalesced\",\"expiresAt\":\"2026-01-02T03:04:05.678Z\"}");
    }

    @Test
    void aRevisionMustNameWhatLedToIt() {
        assertThat(text(RevisionDocument.of(
                        new SessionRevision(7, AT, "ada", List.of(new SessionRevision.Change("history", 3, true))))))
                .isEqualTo("{\"revision\":7,\"at\":\"2026-01-02T03:04:05.678Z\",\"by\":\"ada\","
                        + "\"changes\":[{\"name\":\"history\",\"version\":3,\"removed\":true}]}");
    }

    @Test
    void statisticsMustCountEachKind() {
        SessionStatistics statistics = new SessionStatistics(
                Map.of(SessionKind.TEMPORARY, 0L, SessionKind.DURABLE, 2L), 3, 4096, 5, 6, 7, null);

        assertThat(text(StatisticsDocument.of(statistics)))
                .isEqualTo("{\"sessions\":{\"durable\":2,\"temporary\":0},\"entries\":3,\"bytes\":4096,\"overdue\":5,"
                        + "\"quarantined\":6,\"undelivered\":7}");
    }

    @Test
    void aStoreMustTellItsCircuit() {
        StoreStatus store = new StoreStatus(
                "jpa",
                "H2 2.2",
                Set.of(StoreCapability.TRANSACTIONAL, StoreCapability.DURABLE),
                StoreStatus.Circuit.HALF_OPEN,
                AT,
                "refused",
                null,
                4);

        assertThat(text(StoreDocument.of(store)))
                .isEqualTo("{\"name\":\"jpa\",\"adapter\":\"H2 2.2\",\"capabilities\":[\"durable\",\"transactional\"],"
                        + "\"circuit\":\"half-open\",\"circuitSince\":\"2026-01-02T03:04:05.678Z\","
                        + "\"lastFailure\":\"refused\",\"swept\":4}");
    }

    @Test
    void anImportMustCountEveryOutcomeAndNameEachProblem() {
        ImportReport report = new ImportReport(
                Map.of(ImportReport.Outcome.REFUSED, 1L, ImportReport.Outcome.CREATED, 2L),
                5,
                1,
                false,
                List.of(
                        new ArchiveProblem(3, "s1", ErrorCode.ENTRY_CORRUPT, "lost"),
                        new ArchiveProblem(9, null, ErrorCode.INVALID_ARGUMENT, "truncated")),
                7);

        assertThat(text(ImportDocument.of(report)))
                .isEqualTo(
                        "{\"sessions\":{\"created\":2,\"refused\":1},\"entries\":5,\"unreadable\":1,\"intact\":false,"
                                + "\"problems\":[{\"line\":3,\"session\":\"s1\",\"code\":\"ENTRY_CORRUPT\",\"message\":\"lost\"},"
                                + "{\"line\":9,\"code\":\"INVALID_ARGUMENT\",\"message\":\"truncated\"}],\"problemsLeftOut\":7}");
    }

    private static SessionInfo info(Duration lifetime) {
        return new SessionInfo(
                "claim:17",
                "ada",
                SessionKind.DURABLE,
                SessionState.DAMAGED,
                8,
                AT,
                AT,
                AT,
                Duration.ofHours(1),
                lifetime,
                Map.of("c", "3", "a", "1", "b", "2"),
                2,
                2048);
    }

    private static EntryInfo entry(String name, Instant quarantinedAt) {
        return new EntryInfo(name, 3, "application/json", 12, "ab", false, AT, "ada", quarantinedAt);
    }

    private static String text(Answer answer) {
        return new String(JsonText.of(answer), UTF_8);
    }
}
