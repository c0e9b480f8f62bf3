// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.WorkerIdentity;
import io.serpentry.session.execution.SessionTraffic.CacheCount;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionTrafficTest {

    private static final WorkerIdentity ONE = new WorkerIdentity("default-1", 1);
    private static final WorkerIdentity TWO = new WorkerIdentity("default-2", 2);

    private final SessionTraffic traffic = new SessionTraffic(new ContentCache(0));

    @Test
    void hitsMustBeCountedOnceThoughEachWorkerTellsItsSum() {
        traffic.told(ONE, 5, 0);
        traffic.told(TWO, 3, 0);
        traffic.told(ONE, 7, 0);

        assertThat(traffic.workerCaches()).isEqualTo(new CacheCount(10, 0));
    }

    @Test
    void whatTwoThreadsOfAWorkerTellInTheWrongOrderMustChangeNothing() {
        traffic.told(ONE, 7, 100);
        traffic.told(ONE, 5, 50);

        assertThat(traffic.workerCaches()).isEqualTo(new CacheCount(7, 0));
        assertThat(traffic.workerCacheBytes()).isEqualTo(100);
    }

    @Test
    void aDeadWorkersHitsMustStayAndItsBytesGo() {
        traffic.told(ONE, 7, 100);
        traffic.told(TWO, 3, 10);

        traffic.forgetDead(() -> Set.of(TWO));

        assertThat(traffic.workerCaches()).isEqualTo(new CacheCount(10, 0));
        assertThat(traffic.workerCacheBytes()).isEqualTo(10);
    }

    @Test
    void aWorkerThatStartsWhileTheLivingAreListedMustNotBeForgotten() {
        traffic.told(ONE, 7, 100);

        traffic.forgetDead(() -> {
            traffic.told(TWO, 3, 10);
            return Set.of(ONE);
        });

        assertThat(traffic.workerCacheBytes()).isEqualTo(110);
    }

    @Test
    void whatIsSentMustBeCountedByPool() {
        traffic.sent("default", 10);
        traffic.sent("default", 20);
        traffic.sent("models", 5);

        assertThat(traffic.sent("default")).isEqualTo(new SessionTraffic.Sent(2, 30));
        assertThat(traffic.sent("none")).isEqualTo(new SessionTraffic.Sent(0, 0));
        assertThat(traffic.workerCaches()).isEqualTo(new CacheCount(0, 3));
    }
}
