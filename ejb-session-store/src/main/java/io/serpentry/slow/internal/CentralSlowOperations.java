// SPDX-License-Identifier: Apache-2.0
package io.serpentry.slow.internal;

import io.serpentry.connector.PoolListener;
import io.serpentry.connector.PythonPools;
import io.serpentry.session.internal.Backing;
import io.serpentry.slow.SlowOperations;
import io.serpentry.slow.SlowReport;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Local;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/** Listens to the pools of this server as long as it is deployed. */
@Backing
@Singleton(name = "SlowOperations")
@Startup
@Local(SlowOperations.class)
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
@PermitAll
public class CentralSlowOperations implements SlowOperations {

    @Inject
    SlowWatch watch;

    @Resource(lookup = "java:/eis/PythonPools")
    PythonPools pools;

    private @Nullable PoolListener listener;

    @PostConstruct
    void listen() {
        listener = watch.listener();
        pools.addListener(listener);
    }

    @PreDestroy
    void stop() {
        PoolListener ours = listener;
        if (ours != null) {
            pools.removeListener(ours);
        }
    }

    @Override
    public SlowReport report() {
        return watch.report();
    }
}
