// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.admin.audit.NotedActs;
import io.serpentry.session.Caller;
import io.serpentry.session.SessionNotFoundException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchiveResourceTest {

    private final NotedActs acts = new NotedActs();
    private final ArchiveResource resource = new ArchiveResource();

    private void failing(RuntimeException failure) {
        resource.acts = acts;
        assertThatThrownBy(() -> resource.noted(Caller.operator("ada"), "sessions", () -> {
                    throw failure;
                }))
                .isSameAs(failure);
    }

    @Test
    void anExportThatFailsOnTheWayMustBeInTheAudit() {
        failing(new IllegalStateException("planted"));

        assertThat(acts.texts()).containsExactly("export sessions: broken off");
    }

    @Test
    void anExportOfNothingMustNotBeThere() {
        failing(new SessionNotFoundException("nope"));

        assertThat(acts.texts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "session-claim:17,      session-claim_17.jsonl",
        "session-A.b_c~d@e-f,   session-A.b_c~d@e-f.jsonl",
        "'session-a\"; x=/../', session-a___x__.._.jsonl",
        "session-ä,             session-_.jsonl"
    })
    void aFileNameMustHoldNothingThatAFileSystemOrTheHeaderCanNot(String name, String file) {
        assertThat(ArchiveResource.fileName(name)).isEqualTo(file);
    }
}
