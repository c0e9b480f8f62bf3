// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real workers, outside a container. */
@Tag("core")
class WorkerPoolTest {

    @RegisterExtension
    final PoolFixture fixture = new PoolFixture();

    @Test
    void aCallMustBeAnsweredByAnotherProcess() throws IOException {
        WorkerChannel channel = PoolFixture.taken(fixture.pool());

        Object pid = fixture.call(channel, "probe.pid");

        assertThat(pid).hasToString(Long.toString(channel.worker().pid()));
    }
}
