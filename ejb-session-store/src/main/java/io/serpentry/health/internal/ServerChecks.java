// SPDX-License-Identifier: Apache-2.0
package io.serpentry.health.internal;

import io.serpentry.connector.PoolHealth;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.health.HealthResult;
import io.serpentry.health.ServerHealth;
import io.serpentry.placement.Migrations;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.StoreMonitor;
import io.serpentry.session.StoreStatus;
import io.serpentry.session.StoreStatus.Circuit;
import io.serpentry.session.internal.Backing;
import jakarta.annotation.Resource;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.EJB;
import jakarta.ejb.Local;
import jakarta.ejb.Singleton;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What is looked at. */
@Backing
@Singleton(name = "ServerHealth")
@Local(ServerHealth.class)
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
@PermitAll
public class ServerChecks implements ServerHealth {

    @Resource(lookup = "java:/eis/PythonPools")
    PythonPools pools;

    @EJB(beanName = "StoreMonitor")
    StoreMonitor store;

    @EJB(beanName = "Migrations")
    Migrations migrations;

    private final InstantSource clock = InstantSource.system();

    @Override
    public List<HealthResult> live() {
        long uptime = ManagementFactory.getRuntimeMXBean().getUptime() / 1000;
        return List.of(new HealthResult("serpentry.server", true, Map.of("uptimeSeconds", uptime)));
    }

    @Override
    public List<HealthResult> started() {
        return List.of(schema());
    }

    @Override
    public List<HealthResult> ready() {
        return List.of(pools(), store(), drain());
    }

    /** The tables were brought to this release's version: the database was reached once. */
    private HealthResult schema() {
        String version = store.schemaVersion();
        return new HealthResult(
                "serpentry.schema", !version.isEmpty(), version.isEmpty() ? Map.of() : Map.of("version", version));
    }

    /** Each pool with its state and its reason; down if one of them is. */
    private HealthResult pools() {
        Map<String, Object> data = new HashMap<>();
        boolean up = true;
        for (PythonPool pool : pools.list()) {
            PoolHealth health = pool.health();
            data.put(pool.name(), health.state().name().toLowerCase(Locale.ROOT) + ": " + health.reason());
            up &= health.state() != PoolHealth.State.DOWN;
        }
        return new HealthResult("serpentry.pools", up, data);
    }

    /** Down from the beginning of a drain: the server is about to be taken out of service. */
    private HealthResult drain() {
        return new HealthResult("serpentry.drain", !migrations.isDraining(), Map.of());
    }

    /** Down unless calls reach the store; what is half open lets only a few through. */
    private HealthResult store() {
        StoreStatus status = store.status();
        Map<String, Object> data = new HashMap<>();
        data.put("circuit", status.circuit().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        data.put("circuitSince", status.circuitSince().toString());
        data.put("adapter", status.adapter());
        data.put("schemaVersion", store.schemaVersion());
        Instant swept = status.lastSweep();
        if (swept != null) {
            data.put("sweepAgeSeconds", Duration.between(swept, clock.instant()).toSeconds());
        }
        store.lastStatistics().ifPresent(statistics -> data.putAll(sessions(statistics)));
        return new HealthResult("serpentry.store", status.circuit() == Circuit.CLOSED, data);
    }

    /** As of the last sweep. */
    private static Map<String, Object> sessions(SessionStatistics statistics) {
        return Map.of(
                "durableSessions", statistics.sessions().getOrDefault(SessionKind.DURABLE, 0L),
                "temporarySessions", statistics.sessions().getOrDefault(SessionKind.TEMPORARY, 0L),
                "overdueSessions", statistics.overdue(),
                "unreadableEntries", statistics.quarantined());
    }
}
