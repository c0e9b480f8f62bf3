// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.ErrorCode;
import io.serpentry.session.Caller;
import io.serpentry.session.ImportMode;
import io.serpentry.session.ImportMode.Existing;
import io.serpentry.session.ImportReport;
import io.serpentry.session.ImportReport.Outcome;
import io.serpentry.session.NewSession;
import io.serpentry.session.SessionDelta;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What import must do with a store that knows transactions. */
public abstract class TransactionalArchiveContract extends SessionArchiveContract {

    private static final ImportMode REPLACE = WHOLE.existing(Existing.REPLACE);

    @Test
    void aSessionMustBeReplacedAsAWhole() throws IOException {
        other.create(ADA, NewSession.durable().id("a").entry("new", "x/y", bytes("new")));
        other.create(ADA, NewSession.durable().id("b"));
        store().create(ADA, NewSession.durable().id("a").metadata("k", "v").entry("old", "x/y", bytes("old")));

        ImportReport report = imported(REPLACE, exported(other));

        assertThat(report.count(Outcome.REPLACED)).isEqualTo(1);
        assertThat(report.count(Outcome.CREATED)).isEqualTo(1);
        assertThat(Snapshot.of(store())).isEqualTo(Snapshot.of(other));
    }

    @Test
    void aSessionThatCanNotBeReplacedMustStayAsItIs() throws IOException {
        other.create(ADA, NewSession.durable().id("a"));
        other.save(ADA, SessionDelta.of("a").increment("calls", 1));
        store().create(ADA, NewSession.durable().id("a").entry("old", "x/y", bytes("old")));
        Map<String, Snapshot> before = Snapshot.of(store());

        ImportReport report = imported(refusingSaves(), REPLACE, exported(other));

        assertThat(report.count(Outcome.REFUSED)).isEqualTo(1);
        assertThat(Snapshot.of(store())).isEqualTo(before);
    }

    @Test
    void anOwnerMustNotReplaceASessionOfAnother() throws IOException {
        other.create(ADA, NewSession.durable().id("a"));
        store().create(Caller.of("bob"), NewSession.durable().id("a").entry("old", "x/y", bytes("old")));
        Map<String, Snapshot> before = Snapshot.of(store());

        ImportReport report = imported(ADA, store(), REPLACE, exported(other));

        assertThat(report.problems()).singleElement().satisfies(problem -> assertThat(problem.code())
                .isEqualTo(ErrorCode.SESSION_EXISTS));
        assertThat(Snapshot.of(store())).isEqualTo(before);
    }
}
