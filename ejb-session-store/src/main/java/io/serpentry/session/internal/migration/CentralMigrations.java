// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.migration;

import static io.serpentry.placement.MigrationState.DONE;
import static io.serpentry.placement.MigrationState.PAUSED;
import static io.serpentry.placement.MigrationState.PLANNED;
import static io.serpentry.placement.MigrationState.ROLLED_BACK;
import static io.serpentry.placement.MigrationState.ROLLING_BACK;
import static io.serpentry.placement.MigrationState.RUNNING;
import static io.serpentry.placement.MigrationState.VERIFYING;

import io.serpentry.audit.AuditTrail;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPools;
import io.serpentry.placement.Migration;
import io.serpentry.placement.MigrationKind;
import io.serpentry.placement.MigrationPlan;
import io.serpentry.placement.MigrationRequest;
import io.serpentry.placement.MigrationState;
import io.serpentry.placement.MigrationStatistics;
import io.serpentry.placement.Migrations;
import io.serpentry.placement.MoveReceipt;
import io.serpentry.session.Caller;
import io.serpentry.session.Limits;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionStore;
import io.serpentry.session.execution.ApplicationSessions;
import io.serpentry.session.internal.Backing;
import io.serpentry.session.internal.SessionLog;
import io.serpentry.session.internal.config.MigrationSettings;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.DependsOn;
import jakarta.ejb.EJB;
import jakarta.ejb.Local;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/** The migrations of this server. It holds no lock of its own while one runs. */
@Backing
@Singleton(name = "Migrations")
@Startup
@DependsOn("SessionStore")
@Local(Migrations.class)
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
@PermitAll
public class CentralMigrations implements Migrations {

    private static final String TEND = "serpentry migrations";
    private static final String RULES = "serpentry migration rules";
    private static final Duration TENDED = Duration.ofSeconds(20);
    /** A server that has said nothing for so long is not at work on its migrations. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private static final Duration LAST_STEPS = Duration.ofSeconds(10);
    private static final Duration HOLDER_SLICE = Duration.ofMillis(250);
    private static final int FORGOTTEN = 100;
    /** In the place of a migration: the drain of a server that stops. */
    private static final String STOP = "stop";

    private final InstantSource clock = InstantSource.system();
    private final String instance = UUID.randomUUID().toString();
    private final Stopping stopping = new Stopping();
    private final UnderWay underWay = new UnderWay(ApplicationSessions.placements()::draining);

    @EJB(beanName = "SessionStore")
    SessionStore store;

    @EJB(beanName = "SessionStore")
    AuditTrail audit;

    @Inject
    Ledger ledger;

    @Inject
    Announcements announcements;

    @Inject
    Instance<PythonPools> pools;

    @Inject
    Config config;

    @Resource
    ManagedExecutorService threads;

    @Resource
    TimerService timers;

    @SuppressWarnings("NullAway.Init") // by start
    private MigrationSettings settings;

    @SuppressWarnings("NullAway.Init") // by start
    private MigrationRules rules;

    @PostConstruct
    void start() {
        settings = MigrationSettings.of(config);
        rules = new MigrationRules(settings, this, clock);
        if (settings.health().watchesFaults()) {
            pools.get().addListener(rules.faults());
        }
        arm(TEND, Duration.ofMillis(100));
        arm(RULES, settings.interval());
    }

    private void arm(String name, Duration pause) {
        timers.createSingleActionTimer(pause.toMillis(), new TimerConfig(name, false));
    }

    /**
     * The server is drained: what runs ends as it would end after a cancellation, so that nothing is left as if it went on, and whoever is
     * at work with a worker gets a while to finish.
     */
    @PreDestroy
    void stop() {
        underWay.draining(STOP);
        stopping.stop();
        underWay.awaitNone(LAST_STEPS);
        try {
            awaitHolders(settings.stopWait());
            if (settings.health().watchesFaults()) {
                pools.get().removeListener(rules.faults());
            }
        } catch (RuntimeException e) {
            SessionLog.LOG.holdersUnknown(e);
        }
    }

    private void awaitHolders(Duration limit) {
        LeftWorkers all = new LeftWorkers(pools.get(), new Stopping(), HOLDER_SLICE);
        MigrationRequest request = MigrationRequest.drain();
        String held = limit.isZero() ? "" : all.held(request);
        if (held.isEmpty()) {
            return;
        }
        SessionLog.LOG.awaitingHolders(limit, held);
        for (long slices = limit.dividedBy(HOLDER_SLICE); slices > 0; slices--) {
            if (all.areUnused(request)) {
                return;
            }
        }
        SessionLog.LOG.stoppingThoughHeld(limit, all.held(request));
    }

    @Timeout
    void wake(jakarta.ejb.Timer timer) {
        boolean tending = TEND.equals(timer.getInfo());
        Duration pause = tending ? TENDED : settings.interval();
        try {
            if (tending) {
                tend();
            } else {
                rules.look(pools.get().list(), ApplicationSessions.placements());
            }
        } catch (RuntimeException e) {
            SessionLog.LOG.migrationsNotTended(pause, e);
        } finally {
            arm(tending ? TEND : RULES, pause);
        }
    }

    private void tend() {
        underWay.migrations().forEach(ledger::seen);
        Instant now = clock.instant();
        Instant kept = now.minus(settings.retention());
        for (String id : ledger.abandoned(ApplicationSessions.SERVER, instance, now.minus(SILENCE), kept)) {
            ledger.find(id).ifPresent(this::endAbandoned);
        }
        int forgotten;
        do {
            forgotten = ledger.forget(kept, FORGOTTEN);
        } while (forgotten == FORGOTTEN);
    }

    private void endAbandoned(Migration migration) {
        underWay.noLongerDraining(migration.id());
        String why = "server " + migration.server() + " ended while it was " + migration.state()
                + (migration.state() == PLANNED ? ", or nobody has started it for long" : ", and its workers with it");
        boolean unused = ended(migration, why);
    }

    /** False if somebody else has ended or started it. */
    private boolean ended(Migration migration, String why) {
        boolean ended = Abandoned.end(ledger, migration, why);
        if (ended) {
            ledger.find(migration.id()).ifPresent(announcements::changed);
        }
        return ended;
    }

    // ---- beginning

    @Override
    public MigrationPlan plan(MigrationRequest request) {
        for (String session : request.sessions()) {
            if (store.find(Caller.SYSTEM, session).isEmpty()) {
                throw new SessionNotFoundException(session);
            }
        }
        return new Planner(pools.get(), ApplicationSessions.placements()).plan(request);
    }

    @Override
    public Migration start(Caller caller, MigrationRequest request, @Nullable String plan) {
        MigrationPlan made = plan(request);
        if (plan != null && !plan.equals(made.id())) {
            throw refused(
                    "the plan would be " + made.id() + " now, not " + plan + "; look at it and start that one", plan);
        }
        return begun(caller, made);
    }

    /** By a rule, which is in the audit like a principal. */
    Migration begunBy(String rule, MigrationPlan plan) {
        return begun(Caller.operator(rule), plan);
    }

    private Migration begun(Caller caller, MigrationPlan plan) {
        String id = newId();
        Migration begun = running(id, plan.request(), () -> written(id, caller.name(), plan, RUNNING));
        audited().begun(caller, begun, plan);
        return begun;
    }

    private MigrationAudit audited() {
        return new MigrationAudit(audit);
    }

    private static String newId() {
        return "mig-" + UUID.randomUUID();
    }

    /** What is under way by that change has its pool, and a thread. */
    private Migration running(String id, MigrationRequest request, Supplier<Migration> change) {
        UnderWay.Place place = underWay.enter(id, request.pool(), this::isOver);
        try {
            Migration migration = change.get();
            run(place, migration);
            return migration;
        } catch (RuntimeException e) {
            place.leave();
            throw e;
        }
    }

    /** A proposal is written down and not begun. */
    Migration proposed(String rule, MigrationPlan plan) {
        return written(newId(), rule, plan, PLANNED);
    }

    /** One that does not hold any more ends, unless somebody has started it. */
    void withdraw(Migration proposal, String why) {
        boolean unused = ended(proposal, why);
    }

    /** Whether sessions of that pool are being moved. */
    boolean isBusy(String pool) {
        return underWay.isBusy(pool);
    }

    private Migration written(String id, String by, MigrationPlan plan, MigrationState state) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        Migration written = new Migration(
                id,
                plan.id(),
                plan.request(),
                state,
                ApplicationSessions.SERVER,
                by,
                "",
                now,
                state == RUNNING ? now : null,
                null,
                new Migration.Progress(plan.moves().size(), 0, 0, 0));
        ledger.open(written, instance, plan.moves());
        announcements.changed(written);
        return written;
    }

    private void run(UnderWay.Place place, Migration migration) {
        SessionMover mover = new SessionMover(
                pools.get(), ApplicationSessions.placements(), ApplicationSessions.warming(store), clock);
        MigrationRun run = new MigrationRun(migration.id(), ledger, pools.get(), mover, announcements, stopping, clock);
        boolean drain = migration.request().kind() == MigrationKind.DRAIN;
        if (drain) {
            underWay.draining(migration.id());
        }
        try {
            threads.execute(() -> {
                try {
                    run.run();
                } finally {
                    place.leave();
                    if (drain && isRolledBack(migration.id())) {
                        underWay.noLongerDraining(migration.id());
                    }
                }
            });
        } catch (RuntimeException e) {
            underWay.noLongerDraining(migration.id());
            throw e;
        }
    }

    private boolean isOver(String id) {
        return ledger.find(id).map(found -> found.state().isTerminal()).orElse(true);
    }

    private boolean isRolledBack(String id) {
        return ledger.find(id).map(found -> found.state() == ROLLED_BACK).orElse(true);
    }

    @Override
    public Migration start(Caller caller, String id) {
        Migration planned = ours(id);
        if (planned.state() != PLANNED) {
            throw refused("migration " + id + " is " + planned.state() + " and can not be started", id);
        }
        MigrationPlan now = plan(planned.request());
        if (!now.id().equals(planned.plan())) {
            throw refused(
                    "since migration " + id + " was planned, sessions have been placed otherwise; plan it anew", id);
        }
        Migration started = running(
                id, planned.request(), () -> changed(id, Set.of(PLANNED), RUNNING, "started by " + caller.name()));
        audited().steered(caller, "start migration", PLANNED, started);
        return started;
    }

    /** Made by this start of this server, so that its workers are those that live. */
    private Migration ours(String id) {
        Migration migration = known(id);
        if (!ledger.instance(id).equals(Optional.of(instance))) {
            throw refused(
                    "migration " + id + " belongs to server " + migration.server()
                            + (migration.server().equals(ApplicationSessions.SERVER) ? " before its last start" : ""),
                    id);
        }
        return migration;
    }

    private Migration known(String id) {
        Limits.id("migration id", id);
        return ledger.find(id)
                .orElseThrow(() ->
                        PythonException.of(ErrorDetail.of(ErrorCode.NOT_FOUND, "there is no migration '" + id + "'")
                                .context(Map.of("migration", id))));
    }

    private static PythonException refused(String message, String migration) {
        return PythonException.of(
                ErrorDetail.of(ErrorCode.ILLEGAL_STATE, message).context(Map.of("migration", migration)));
    }

    // ---- steering

    @Override
    public Migration pause(Caller caller, String id) {
        Migration paused = ordered(id, Set.of(RUNNING), PAUSED, "paused by " + caller.name());
        audited().steered(caller, "pause migration", RUNNING, paused);
        return paused;
    }

    @Override
    public Migration resume(Caller caller, String id) {
        Migration resumed = ordered(id, Set.of(PAUSED), RUNNING, "resumed by " + caller.name());
        audited().steered(caller, "resume migration", PAUSED, resumed);
        return resumed;
    }

    @Override
    public Migration cancel(Caller caller, String id, String reason) {
        String outcome = "cancelled by " + caller.name() + because(reason);
        Migration migration = known(id);
        boolean withdrawn = migration.state() == PLANNED && ended(migration, outcome);
        Migration cancelled =
                withdrawn ? known(id) : ordered(id, Set.of(RUNNING, PAUSED, VERIFYING), ROLLING_BACK, outcome);
        audited().steered(acting(caller, reason), "cancel migration", migration.state(), cancelled);
        return cancelled;
    }

    private static Caller acting(Caller caller, String reason) {
        return reason.isEmpty() ? caller : caller.because(reason);
    }

    private static String because(String reason) {
        if (!reason.isEmpty()) {
            Limits.line("reason", reason, MigrationRequest.REASON);
        }
        return reason.isEmpty() ? "" : ": " + reason;
    }

    @Override
    public Migration rollback(Caller caller, String id, String reason) {
        Migration done = ours(id);
        if (done.state() != DONE) {
            throw refused("migration " + id + " is " + done.state() + "; only one that is DONE can be taken back", id);
        }
        Migration back = running(id, done.request(), () -> takenBack(caller, id, reason));
        audited().steered(acting(caller, reason), "roll back migration", DONE, back);
        return back;
    }

    private Migration takenBack(Caller caller, String id, String reason) {
        String outcome = "taken back by " + caller.name() + because(reason);
        announcements.takenBack(id, true);
        try {
            return ordered(id, Set.of(DONE), ROLLING_BACK, outcome);
        } catch (RuntimeException e) {
            announcements.takenBack(id, false);
            throw e;
        }
    }

    private Migration ordered(String id, Set<MigrationState> from, MigrationState to, String outcome) {
        MigrationState state = known(id).state();
        if (!from.contains(state)) {
            throw refused("migration " + id + " is " + state + ", and can not become " + to, id);
        }
        return changed(id, from, to, outcome);
    }

    private Migration changed(String id, Set<MigrationState> from, MigrationState to, String outcome) {
        boolean changed = ledger.change(id, from, to, outcome);
        Migration now = known(id);
        if (!changed) {
            throw refused("migration " + id + " has become " + now.state() + " meanwhile", id);
        }
        announcements.changed(now);
        return now;
    }

    // ---- looking

    @Override
    public Optional<Migration> find(String id) {
        Limits.id("migration id", id);
        return ledger.find(id);
    }

    @Override
    public List<Migration> list(@Nullable String after, int limit) {
        requirePage(limit);
        return ledger.list(after, limit);
    }

    private static void requirePage(int limit) {
        Limits.atLeast("limit", limit, 1);
        Limits.atMost("limit", limit, PAGE);
    }

    @Override
    public List<MoveReceipt> receipts(String id, int from, int limit) {
        requirePage(limit);
        return ledger.receipts(known(id).id(), null, from, limit);
    }

    @Override
    public MigrationStatistics statistics() {
        return ledger.statistics();
    }

    @Override
    public boolean isDraining() {
        return underWay.isDraining();
    }
}
