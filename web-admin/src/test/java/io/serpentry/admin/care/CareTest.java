// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.care;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serpentry.admin.audit.NotedActs;
import io.serpentry.admin.metrics.ShownPool;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.WorkerState;
import io.serpentry.session.Caller;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CareTest {

    /** The second of its workers can not be replaced. */
    private static final class Stubborn extends ShownPool {

        Stubborn() {
            super("default");
            with(WorkerState.LIVE, 1).with(WorkerState.LIVE, 1);
        }

        @Override
        public void recycle(String workerId) {
            if (workerId.equals("default-1")) {
                throw PythonException.of(ErrorDetail.of(ErrorCode.ILLEGAL_STATE, "planted"));
            }
        }
    }

    @Test
    void whatWasReplacedBeforeAFailureMustBeInTheAudit() {
        NotedActs acts = new NotedActs();
        Care care = new Care();
        care.acts = acts;
        care.pools = (PythonPools) Proxy.newProxyInstance(
                PythonPools.class.getClassLoader(),
                new Class<?>[] {PythonPools.class},
                (proxy, method, arguments) -> Optional.of(new Stubborn()));

        assertThatThrownBy(() -> care.reload(Caller.operator("ada"), "default")).hasMessageContaining("planted");

        assertThat(acts.texts()).containsExactly("reload pool default: default-0");
    }
}
