// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.serpentry.connector.ConnectionStateException;
import io.serpentry.connector.ErrorCode;
import io.serpentry.session.ArchiveRefusedException;
import io.serpentry.session.Caller;
import io.serpentry.session.ImportMode;
import io.serpentry.session.ImportMode.Existing;
import io.serpentry.session.ImportReport;
import io.serpentry.session.ImportReport.Outcome;
import io.serpentry.session.NewSession;
import io.serpentry.session.QuotaExceededException;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreUnavailableException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImportTest extends ArchiveFixture {

    private SessionInfo imported(String id) {
        return target.find(OPERATOR, id).orElseThrow().info();
    }

    @ParameterizedTest
    @EnumSource
    void whatWasExportedMustBeThere(ImportMode.Check check) {
        createTwo();

        ImportReport report = imported(new ImportMode(check, Existing.REFUSE), exported());

        assertThat(Snapshot.of(target)).isEqualTo(Snapshot.of(source));
        assertThat(report.sessions()).containsOnlyKeys(Outcome.values());
        assertThat(report.count(Outcome.CREATED)).isEqualTo(2);
        assertThat(report.entries()).isEqualTo(3);
        assertThat(report.intact()).isTrue();
        assertThat(report.problems()).isEmpty();
    }

    @Test
    void aCounterMustStayACounter() {
        createTwo();
        imported(WHOLE, exported());

        Saved saved = target.save(ADA, SessionDelta.of("a").increment("calls", 2));

        assertThat(saved.counters()).containsEntry("calls", -40L);
    }

    @Test
    void anImportedSessionMustBeginANewHistoryAndCountAsAccessed() {
        createTwo();
        source.save(ADA, SessionDelta.of("a").increment("calls", 1));
        source.save(ADA, SessionDelta.of("a").increment("calls", 1));
        byte[] archive = exported();
        clock.pass(Duration.ofMinutes(10));

        imported(WHOLE, archive);

        assertThat(imported("a").lastAccessedAt()).isEqualTo(clock.instant());
        assertThat(imported("a").revision()).isEqualTo(2);
        assertThat(target.find(ADA, "a").orElseThrow().entries())
                .allSatisfy(entry -> assertThat(entry.version()).isEqualTo(1));
    }

    @Test
    void theLifetimeMustGoOnWhereItWas() {
        source.create(ADA, session("a").lifetime(Duration.ofMinutes(30)));
        byte[] archive = exported();
        clock.pass(Duration.ofMinutes(20));

        imported(WHOLE, archive);

        assertThat(imported("a").expiresAt()).isEqualTo(clock.instant().plus(Duration.ofMinutes(10)));
    }

    @ParameterizedTest
    @EnumSource
    void aSessionThatWouldHaveExpiredMustBeReportedAndNotCreated(ImportMode.Check check) {
        source.create(ADA, session("short").idleTimeout(Duration.ofSeconds(10)));
        source.create(ADA, session("over").lifetime(Duration.ofSeconds(30)));
        source.create(ADA, session("alive"));
        byte[] archive = exported();
        clock.pass(Duration.ofSeconds(30));

        ImportReport report = imported(new ImportMode(check, Existing.REFUSE), archive);

        assertThat(Snapshot.of(target)).containsOnlyKeys("alive");
        assertThat(report.count(Outcome.EXPIRED)).isEqualTo(2);
        assertThat(report.problems())
                .extracting("session", "code")
                .containsExactlyInAnyOrder(
                        tuple("short", ErrorCode.SESSION_NOT_FOUND), tuple("over", ErrorCode.SESSION_NOT_FOUND));
    }

    @Test
    void aWholeFileMustBeRefusedIfOneOfItsSessionsExists() {
        createTwo();
        target.create(BOB, session("b"));

        ArchiveRefusedException refused =
                catchThrowableOfType(ArchiveRefusedException.class, () -> imported(WHOLE, exported()));

        assertThat(refused.code()).isEqualTo(ErrorCode.SESSION_EXISTS);
        assertThat(refused.problems()).singleElement().satisfies(problem -> assertThat(problem.session())
                .isEqualTo("b"));
        assertThat(Snapshot.of(target)).containsOnlyKeys("b");
    }

    @Test
    void aSessionThatExistsMustBeReportedAndTheOthersImported() {
        createTwo();
        target.create(BOB, session("a"));

        ImportReport report = imported(EACH, exported());

        assertThat(report.count(Outcome.REFUSED)).isEqualTo(1);
        assertThat(report.count(Outcome.CREATED)).isEqualTo(1);
        assertThat(report.problems()).singleElement().satisfies(problem -> assertThat(problem.code())
                .isEqualTo(ErrorCode.SESSION_EXISTS));
        assertThat(imported("a").owner()).isEqualTo("bob");
    }

    @ParameterizedTest
    @EnumSource
    void aSecondImportMustSkipWhatExists(ImportMode.Check check) {
        createTwo();
        ImportMode mode = new ImportMode(check, Existing.SKIP);
        imported(mode, exported());
        target.save(ADA, SessionDelta.of("a").increment("calls", 1));
        Map<String, Snapshot> before = Snapshot.of(target);

        ImportReport second = imported(mode, exported());

        assertThat(second.count(Outcome.SKIPPED)).isEqualTo(2);
        assertThat(second.entries()).isZero();
        assertThat(second.problems()).isEmpty();
        assertThat(Snapshot.of(target)).isEqualTo(before);
    }

    @Test
    void aStoreWithoutTransactionsMustNotReplace() {
        createTwo();

        assertThatThrownBy(() -> imported(WHOLE.existing(Existing.REPLACE), exported()))
                .isInstanceOf(ConnectionStateException.class);
        assertThat(Snapshot.of(target)).isEmpty();
    }

    @Test
    void anOwnerMustImportHisOwnSessionsAsTheyWere() throws IOException {
        createTwo();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        archive(source).exportTo(ADA, SessionQuery.all(), out);
        clock.pass(Duration.ofMinutes(1));

        imported(ADA, WHOLE, new ByteArrayInputStream(out.toByteArray()));

        assertThat(Snapshot.of(target).get("a")).isEqualTo(Snapshot.of(source).get("a"));
    }

    @Test
    void aFileWithASessionOfSomebodyElseMustBeRefusedToACallerWhoIsNoOperator() {
        createTwo();

        ArchiveRefusedException refused = catchThrowableOfType(
                ArchiveRefusedException.class, () -> imported(ADA, WHOLE, new ByteArrayInputStream(exported())));

        assertThat(refused.code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(Snapshot.of(target)).isEmpty();
    }

    @Test
    void aSessionOfSomebodyElseMustBeReportedToACallerWhoIsNoOperator() {
        createTwo();

        ImportReport report = imported(ADA, EACH, new ByteArrayInputStream(exported()));

        assertThat(report.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.session()).isEqualTo("b");
            assertThat(problem.code()).isEqualTo(ErrorCode.FORBIDDEN);
        });
        assertThat(Snapshot.of(target)).containsOnlyKeys("a");
    }

    @Test
    void anOwnerMustNotGetAtAnothersSessionByAnArchiveOfHisOwn() throws IOException {
        source.create(ADA, session("b"));
        target.create(BOB, session("b").entry("secret", "text/plain", bytes("bob's")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        archive(source).exportTo(ADA, "b", out);

        ImportReport report = imported(ADA, WHOLE, new ByteArrayInputStream(out.toByteArray()));

        assertThat(report.count(Outcome.REFUSED)).isEqualTo(1);
        assertThat(imported("b").owner()).isEqualTo("bob");
    }

    @Test
    void whatCanNotBeSavedMustNotLeaveHalfASession() {
        createTwo();
        target = new ForwardingStore(target) {
            @Override
            public Saved save(Caller caller, SessionDelta delta) {
                throw new QuotaExceededException("quota", "counters", 0, 1);
            }
        };

        ImportReport report = imported(WHOLE, exported());

        assertThat(report.problems()).singleElement().satisfies(problem -> assertThat(problem.code())
                .isEqualTo(ErrorCode.QUOTA_EXCEEDED));
        assertThat(Snapshot.of(target)).containsOnlyKeys("b");
    }

    @Test
    void anImportThatTheStoreHasEndedMustBeRepeatableBySkipping() {
        createTwo();
        SessionStore real = target;
        target = new ForwardingStore(real) {
            @Override
            public SessionInfo create(Caller caller, NewSession session) {
                if (session.id().equals("a")) {
                    throw new StoreUnavailableException("gone", false, null);
                }
                return super.create(caller, session);
            }
        };
        assertThatThrownBy(() -> imported(WHOLE, exported())).isInstanceOf(StoreUnavailableException.class);
        assertThat(Snapshot.of(real)).containsOnlyKeys("b");

        target = real;
        ImportReport report = imported(WHOLE.existing(Existing.SKIP), exported());

        assertThat(report.count(Outcome.CREATED)).isEqualTo(1);
        assertThat(Snapshot.of(target)).isEqualTo(Snapshot.of(source));
    }
}
