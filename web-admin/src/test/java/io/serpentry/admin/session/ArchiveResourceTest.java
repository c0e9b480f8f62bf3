// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchiveResourceTest {

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
