// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.sql.SQLException;
import java.time.Duration;

/** Keeps the file of an embedded database from growing with each commit: a little work many times a second while there are commits. */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class FileCompaction {

    private static final Duration BUDGET = Duration.ofMillis(60);
    private static final Duration WHILE_BUSY = Duration.ofMillis(100);
    private static final Duration WHILE_IDLE = Duration.ofSeconds(1);
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(1);

    @Inject
    StoreBackend backend;

    @Resource
    TimerService timers;

    @PostConstruct
    void start() {
        arm(WHILE_IDLE);
    }

    private void arm(Duration pause) {
        timers.createSingleActionTimer(pause.toMillis(), new TimerConfig("serpentry file compaction", false));
    }

    @Timeout
    void compact() {
        if (!backend.mayBeEmbedded()) {
            return;
        }
        Duration pause = AFTER_FAILURE;
        try {
            pause = backend.compactFile(BUDGET) ? WHILE_BUSY : WHILE_IDLE;
        } catch (SQLException | RuntimeException | LinkageError e) {
            SessionLog.LOG.compactionFailed(AFTER_FAILURE, e);
        } finally {
            arm(pause);
        }
    }
}
