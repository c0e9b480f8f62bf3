// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.CallContext;
import io.serpentry.connector.ContextBlock;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.FunctionInfo;
import io.serpentry.connector.HostAnswer;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.session.Caller;
import io.serpentry.session.KeptHook;
import io.serpentry.session.Limits;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.execution.SessionMessages.Attachments;
import io.serpentry.session.execution.SessionMessages.Described;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions in one call, its own and the one that its pool shares: their state goes along, Python's questions are answered, what was
 * changed comes back.
 */
final class SessionCallContext implements CallContext {

    private static final String SESSION = "session";
    private static final String SHARED = "shared";
    private static final int LONGEST_DESCRIPTION = 500;

    private final SessionServices services;
    private final String pool;
    private final SessionPart own;
    private final Supplier<Optional<FunctionInfo>> function;
    private final SessionServices sharedServices;
    private @Nullable SessionPart shared;
    private @Nullable WorkerIdentity worker;
    private boolean hostCalled;
    private final List<KeptHook> kept = new ArrayList<>();

    /**
     * @param function asked when a worker is at hand, for without one nobody knows the pool's functions
     * @param sharedServices for the shared session, which takes part in transactions where the call's own may not
     */
    SessionCallContext(
            SessionServices services,
            String pool,
            SessionPart own,
            Supplier<Optional<FunctionInfo>> function,
            SessionServices sharedServices) {
        this.services = services;
        this.pool = pool;
        this.own = own;
        this.function = function;
        this.sharedServices = sharedServices;
    }

    /**
     * Whether Python has saved during the call, or called a method of the application, so that the call can not be made again as if
     * it had not been.
     */
    boolean isEngaged() {
        return hostCalled || own.isSaved() || (shared != null && shared.isSaved());
    }

    Caller caller() {
        return own.caller();
    }

    SessionInfo info() {
        return own.info();
    }

    WorkerIdentity worker() {
        return Objects.requireNonNull(worker);
    }

    @Override
    public ContextBlock outgoing(WorkerIdentity serving) {
        worker = serving;
        FunctionInfo called = function.get().orElse(null);
        Set<String> uses = called == null ? Set.of() : Set.copyOf(called.uses());
        Described state = own.state(serving, uses);
        Attachments attachments = new Attachments();
        byte[] json = called != null && called.shared()
                ? withShared(state, serving, attachments)
                : SessionMessages.state(SESSION, state, attachments);
        return new ContextBlock(json, attachments.buffers());
    }

    private byte[] withShared(Described state, WorkerIdentity serving, Attachments attachments) {
        SessionPart part = SharedSessions.part(sharedServices, pool);
        shared = part;
        Map<String, Described> sessions = new LinkedHashMap<>();
        sessions.put(SESSION, state);
        sessions.put(SHARED, part.state(serving, Set.of()));
        return SessionMessages.state(sessions, attachments);
    }

    @Override
    public HostAnswer serve(JsonObject question, List<ByteBuffer> attachments) {
        if (!SESSION.equals(question.getString("service", ""))) {
            throw refused("there is no service \"" + question.getString("service", "") + "\"");
        }
        SessionPart asked = part(question.getString("of", SESSION));
        String operation = question.getString("operation", "");
        return switch (operation) {
            case "fetch" -> asked.fetched(worker(), question);
            case "save" -> asked.saved(worker(), question, attachments);
            case "refresh" -> asked.refreshed();
            case "keep" -> kept(question);
            default -> throw refused("a session has no operation \"" + operation + "\"");
        };
    }

    @Override
    public void hostCalled() {
        hostCalled = true;
    }

    private SessionPart part(String of) {
        SessionPart asked = SESSION.equals(of) ? own : SHARED.equals(of) ? shared : null;
        if (asked == null) {
            throw refused("this call has no session \"" + of + "\"");
        }
        return asked;
    }

    /** Python is about to register a hook; it is noted only if the call succeeds. */
    private HostAnswer kept(JsonObject question) {
        if (!services.isInTransaction()) {
            throw PythonException.of(ErrorDetail.of(
                    ErrorCode.ILLEGAL_STATE, "keep_on_commit needs a transaction and a session that is durable"));
        }
        String description = question.getString("description", "");
        Limits.line("description", description, LONGEST_DESCRIPTION);
        KeptHook hook = new KeptHook(
                UUID.randomUUID().toString(),
                info().id(),
                description,
                Instant.now(),
                caller().name(),
                ApplicationSessions.SERVER);
        kept.add(hook);
        byte[] json = Json.createObjectBuilder()
                .add("note", hook.id())
                .build()
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        return new HostAnswer(json, List.of());
    }

    @Override
    public void hooksRun(List<String> done) {
        List<String> ours =
                kept.stream().map(KeptHook::id).filter(done::contains).toList();
        if (!ours.isEmpty()) {
            services.hooks().done(ours);
        }
    }

    private static PythonException refused(String why) {
        return PythonException.of(ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, why));
    }

    @Override
    public void incoming(@Nullable ContextBlock block) {
        if (block == null) {
            return;
        }
        JsonObject said = SessionMessages.parsed(block.json());
        JsonArray cache = said.getJsonArray("cache");
        if (cache != null) {
            services.traffic()
                    .told(
                            worker(),
                            cache.getJsonNumber(0).longValue(),
                            cache.getJsonNumber(1).longValue());
        }
        services.usage().told(pool, said.getJsonArray("usage"));
        own.told(said.getJsonObject(SESSION), block.attachments());
        if (shared != null) {
            shared.told(said.getJsonObject(SHARED), block.attachments());
        }
    }

    /**
     * Stores what the call has changed, or stages it in the thread's transaction; the revision of its own session after it. Outside of a
     * transaction the two sessions are stored one after the other, the shared one last.
     */
    long finish() {
        if (!kept.isEmpty()) {
            StagedSessions.of(services.transactions(), services.store()).keep(services.hooks(), kept);
        }
        long revision = own.finish(worker());
        finishShared();
        return revision;
    }

    /** The same where the call's own session is gone with the call. */
    void finishShared() {
        if (shared != null) {
            shared.finish(worker());
        }
    }
}
