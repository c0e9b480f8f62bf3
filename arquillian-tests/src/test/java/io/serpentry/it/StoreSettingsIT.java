// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.testkit.RunningServer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Settings of the session store that can not be used, on a server that is started with them. */
@Tag("core")
class StoreSettingsIT {

    @Test
    void eachSettingThatIsWrongMustBeNamedWithItsValueItsRangeAndItsSource() throws IOException {
        Map<String, String> variables = Map.of(
                "SERPENTRY_SESSION_SWEEP_BATCH",
                "0",
                "SERPENTRY_SESSION_IDLETIMEOUT",
                "soon",
                "JAVA_OPTS",
                "-Xmx512m -Dserpentry.session.codec=zip -Dserpentry.session.idleTimout=PT1H");

        try (RunningServer server = RunningServer.launch(5500, variables, "--workers", "1")) {
            server.awaitEnd();

            assertThat(server.output())
                    .contains("Serpentry could not be deployed")
                    .contains("serpentry.session.sweep.batch = \"0\" (from EnvConfigSource) must be 1 to 10000")
                    .contains(
                            "serpentry.session.idleTimeout = \"soon\" (from EnvConfigSource) must be PT1S to PT876000H")
                    .contains(
                            "serpentry.session.codec = \"zip\" (from SysPropConfigSource) must be one of none, deflate, zstd")
                    .contains("serpentry.session.idleTimout (from SysPropConfigSource) is no setting; there are: ");
        }
    }
}
