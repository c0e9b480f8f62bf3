// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.FunctionInfo;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonCall;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.session.Caller;
import io.serpentry.session.Execution;
import io.serpentry.session.Invocation;
import io.serpentry.session.Limits;
import io.serpentry.session.SessionConflictException;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionKind;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.StoreUnavailableException;
import io.serpentry.session.Touched;
import io.serpentry.tracing.LogContext;
import io.serpentry.tracing.ServerSpans;
import io.serpentry.tracing.Spans;
import io.serpentry.tracing.Spans.ActiveSpan;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes calls in sessions, on the caller's thread. Safe for use by any number of threads. */
final class SessionExecutor {

    private static final Logger LOG = System.getLogger("io.serpentry.session");
    private static final String SESSION = "serpentry.session";
    private static final int ATTEMPTS = 5;
    /** How much longer than a call its session lives at least. */
    private static final Duration GRACE = Duration.ofSeconds(30);
    /** How much longer than its first exclusive call a transaction may take before others get their turn. */
    private static final Duration TRANSACTION = Duration.ofMinutes(10);

    private final SessionServices services;
    private final SessionServices inMemory;
    private final TemporarySessions temporaries;
    private final ExclusiveCalls exclusive;
    private final PythonPools pools;
    private final TouchInterval touchInterval;
    private final InstantSource clock;
    private volatile @Nullable SessionMemory memory;

    SessionExecutor(
            SessionServices services,
            TemporarySessions temporaries,
            SessionLeases leases,
            PythonPools pools,
            TouchInterval touchInterval,
            InstantSource clock) {
        this.services = services;
        this.inMemory = services.withoutTransactions();
        this.temporaries = temporaries;
        this.exclusive = new ExclusiveCalls(leases, clock);
        this.pools = pools;
        this.touchInterval = touchInterval;
        this.clock = clock;
    }

    SessionServices services() {
        return services;
    }

    Execution execute(Caller caller, String session, Invocation invocation, Type type) {
        Limits.id("session id", session);
        try (ActiveSpan span = begin("session.execute", invocation);
                LogContext logged = LogContext.put(LogContext.SESSION, session)) {
            span.note(SESSION, session);
            return inSpan(span, () -> executed(caller, session, invocation, type));
        }
    }

    private static ActiveSpan begin(String name, Invocation invocation) {
        ActiveSpan span = ServerSpans.get().begin(Spans.Kind.INTERNAL, name, Map.of());
        span.note("serpentry.pool", invocation.pool());
        span.note("serpentry.function", invocation.function());
        return span;
    }

    private static Execution inSpan(ActiveSpan span, Supplier<Execution> action) {
        try {
            return action.get();
        } catch (PythonException e) {
            span.failed(e.code().name(), e);
            throw e;
        }
    }

    private Execution executed(Caller caller, String session, Invocation invocation, Type type) {
        PythonPool pool = pools.require(invocation.pool());
        FunctionInfo function = pool.function(invocation.function()).orElse(null);
        Duration wait = invocation.exclusiveWithin();
        if (wait == null) {
            return attempted(caller, session, invocation, type, pool, function);
        }
        // Whoever may not see the session shall neither learn that others use it nor keep them waiting.
        SessionSnapshot.requireVisible(services, caller, session);
        Duration longest = timeout(invocation, function, pool).plus(GRACE);
        if (services.isInTransaction()) {
            StagedSessions.of(services.transactions(), services.store())
                    .hold(session, () -> exclusive.await(session, wait, longest.plus(TRANSACTION)));
            return attempted(caller, session, invocation, type, pool, function);
        }
        try (ExclusiveCalls.Turn turn = exclusive.await(session, wait, longest)) {
            return attempted(caller, session, invocation, type, pool, function);
        }
    }

    private Execution attempted(
            Caller caller,
            String session,
            Invocation invocation,
            Type type,
            PythonPool pool,
            @Nullable FunctionInfo function) {
        boolean repeatable = function != null && function.idempotent() && !services.isInTransaction();
        for (int attempt = 1; ; attempt++) {
            SessionSnapshot snapshot = SessionSnapshot.read(services, caller, session);
            SessionPart own = new SessionPart(services, caller, pool.name(), snapshot, invocation.readsValidated());
            SessionCallContext context = context(services, pool, own, invocation);
            Limited limited = limited(invocation, function, pool, context);
            try {
                Execution done = finished(called(pool, invocation, limited.timeout(), context, type), pool, context);
                if (limited.busy()) {
                    noteLate(caller, session);
                }
                return done;
            } catch (SessionConflictException e) {
                if (!repeatable || context.isEngaged() || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** The worker's copies are warm even if the changes are refused: what is in conflict goes by another digest. */
    private Execution finished(Execution called, PythonPool pool, SessionCallContext context) {
        services.placements()
                .served(pool.name(), called.session(), called.worker().id());
        long revision = context.finish();
        return new Execution(called.result(), called.worker(), called.session(), revision, called.duration());
    }

    private SessionCallContext context(
            SessionServices ownServices, PythonPool pool, SessionPart own, Invocation invocation) {
        return new SessionCallContext(
                ownServices, pool.name(), own, () -> pool.function(invocation.function()), services);
    }

    /** In a session of its own that is gone when the call has ended, however it ends. */
    Execution executeAnonymous(Caller caller, Invocation invocation, Type type) {
        try (ActiveSpan span = begin("session.executeAnonymous", invocation)) {
            return inSpan(span, () -> executedAlone(caller, invocation, type, span));
        }
    }

    private Execution executedAlone(Caller caller, Invocation invocation, Type type, ActiveSpan span) {
        PythonPool pool = pools.require(invocation.pool());
        SessionInfo created = invocation.persisted() ? temporaries.begin(caller) : memory().begin(caller);
        span.note(SESSION, created.id());
        try (LogContext logged = LogContext.put(LogContext.SESSION, created.id())) {
            SessionSnapshot snapshot = SessionSnapshot.empty(inMemory, caller, created);
            SessionPart own = new SessionPart(inMemory, caller, pool.name(), snapshot, invocation.readsValidated());
            SessionCallContext context = context(inMemory, pool, own, invocation);
            FunctionInfo function = pool.function(invocation.function()).orElse(null);
            Limited limited = limited(invocation, function, pool, context);
            Execution called = called(pool, invocation, limited.timeout(), context, type);
            context.finishShared();
            return called;
        } finally {
            if (!memory().end(caller, created.id())) {
                temporaries.end(caller, created.id());
            }
        }
    }

    private SessionMemory memory() {
        SessionMemory known = memory;
        if (known == null) {
            known = temporaries.memory();
            memory = known;
        }
        return known;
    }

    private Execution called(
            PythonPool pool, Invocation invocation, @Nullable Duration timeout, SessionCallContext context, Type type) {
        SessionInfo session = context.info();
        try (PythonConnection connection =
                pool.connectionFactory().getConnection(placement(pool, session, invocation.warmWithin()))) {
            PythonCall call = connection
                    .call(invocation.function())
                    .arguments(invocation.arguments())
                    .context(context);
            if (timeout != null) {
                call.timeout(timeout);
            }
            long begun = System.nanoTime();
            Object result = call.returning(type);
            Duration duration = Duration.ofNanos(System.nanoTime() - begun);
            return new Execution(result, context.worker(), session.id(), session.revision(), duration);
        }
    }

    private Placement placement(PythonPool pool, SessionInfo session, @Nullable Duration warmWithin) {
        if (warmWithin != null) {
            return services.placements().strictly(pool.name(), session.id(), warmWithin);
        }
        return session.kind() == SessionKind.TEMPORARY
                ? Placement.anywhere()
                : services.placements().of(pool.name(), session.id());
    }

    private static Duration timeout(Invocation invocation, @Nullable FunctionInfo function, PythonPool pool) {
        return Optional.ofNullable(invocation.timeout())
                .or(() -> Optional.ofNullable(function).map(FunctionInfo::timeout))
                .orElse(pool.callTimeout());
    }

    /**
     * How long a call may take.
     *
     * @param timeout null for the function's own
     * @param busy whether the access could not be noted, because another transaction holds the session's row
     */
    private record Limited(@Nullable Duration timeout, boolean busy) {}

    /** Keeps the session alive for as long as the call may take; a session whose lifetime ends before shortens the call. */
    private Limited limited(
            Invocation invocation, @Nullable FunctionInfo function, PythonPool pool, SessionCallContext context) {
        Duration wanted = timeout(invocation, function, pool);
        SessionInfo info = context.info();
        Instant now = clock.instant();
        Instant needed = now.plus(wanted).plus(GRACE);
        boolean busy = false;
        Instant due = info.lastAccessedAt().plus(touchInterval.of(info.idleTimeout()));
        if (info.expiresAt().isBefore(needed) || !due.isAfter(now)) {
            Touched touched = services.store().touch(context.caller(), info.id(), needed);
            busy = touched.outcome() == Touched.Outcome.BUSY;
        }
        Duration lifetime = info.lifetime();
        if (lifetime == null) {
            return new Limited(invocation.timeout(), busy);
        }
        Duration left = Duration.between(now, info.createdAt().plus(lifetime));
        if (left.toMillis() < 1) {
            throw new SessionNotFoundException(info.id());
        }
        return new Limited(left.compareTo(wanted) < 0 ? left : invocation.timeout(), busy);
    }

    /** An access that another transaction was in the way of. The call is done, and must not seem to have failed. */
    private void noteLate(Caller caller, String session) {
        try {
            services.store().touch(caller, session, Instant.EPOCH);
        } catch (SessionNotFoundException | StoreUnavailableException e) {
            LOG.log(Level.DEBUG, "The access to session " + session + " was not noted", e);
        }
    }
}
