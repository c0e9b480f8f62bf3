// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.CallContext;
import io.serpentry.connector.ContextBlock;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.HostAnswer;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.KeptHook;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.execution.SessionMessages.Attachments;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The part of a session in one call: its state goes along, Python's questions are answered, what was changed comes back. */
final class SessionCallContext implements CallContext {

    private static final int LONGEST_DESCRIPTION = 500;

    private final SessionServices services;
    private final Caller caller;
    private final String session;
    private final Set<String> uses;
    private final boolean readsWanted;
    private SessionSnapshot snapshot;
    private @Nullable WorkerIdentity worker;
    private CallOutcome outcome = CallOutcome.NOTHING;
    private final List<KeptHook> kept = new ArrayList<>();
    private boolean engaged;

    SessionCallContext(
            SessionServices services, Caller caller, SessionSnapshot snapshot, Set<String> uses, boolean readsWanted) {
        this.services = services;
        this.caller = caller;
        this.session = snapshot.info().id();
        this.snapshot = snapshot;
        this.uses = uses;
        this.readsWanted = readsWanted;
    }

    /** Whether Python has saved during the call, so that the call can not be made again as if it had not been. */
    boolean isEngaged() {
        return engaged;
    }

    Caller caller() {
        return caller;
    }

    SessionInfo info() {
        return snapshot.info();
    }

    WorkerIdentity worker() {
        return Objects.requireNonNull(worker);
    }

    @Override
    public ContextBlock outgoing(WorkerIdentity serving) {
        worker = serving;
        snapshot.withContents(uses.stream().filter(name -> !isHeld(name)).toList());
        return state(entry -> uses.contains(entry.name()) ? toSend(entry) : null);
    }

    private boolean isHeld(String name) {
        return snapshot.entries().stream()
                .filter(entry -> entry.name().equals(name))
                .anyMatch(entry -> services.workers().has(worker(), entry.sha256()));
    }

    private byte @Nullable [] toSend(EntryInfo entry) {
        if (services.workers().has(worker(), entry.sha256())) {
            return null;
        }
        byte[] content = snapshot.atHand(entry);
        if (content != null) {
            services.workers().learned(worker(), entry.sha256());
        }
        return content;
    }

    private ContextBlock state(Function<EntryInfo, byte @Nullable []> contents) {
        Attachments attachments = new Attachments();
        byte[] json = SessionMessages.state(snapshot.info(), snapshot.entries(), readsWanted, contents, attachments);
        return new ContextBlock(json, attachments.buffers());
    }

    @Override
    public HostAnswer serve(JsonObject question, List<ByteBuffer> attachments) {
        if (!"session".equals(question.getString("service", ""))) {
            throw refused("there is no service \"" + question.getString("service", "") + "\"");
        }
        String operation = question.getString("operation", "");
        return switch (operation) {
            case "fetch" -> fetched(question);
            case "save" -> saved(question, attachments);
            case "refresh" -> refreshed();
            case "keep" -> kept(question);
            default -> throw refused("a session has no operation \"" + operation + "\"");
        };
    }

    private static PythonException refused(String why) {
        return PythonException.of(ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, why));
    }

    private HostAnswer fetched(JsonObject question) {
        List<String> names = question.getJsonArray("names").getValuesAs(JsonString::getString);
        List<EntryInfo> found = snapshot.withContents(names);
        Attachments attachments = new Attachments();
        byte[] json = SessionMessages.entries(found, snapshot::atHand, attachments);
        found.forEach(entry -> services.workers().learned(worker(), entry.sha256()));
        return new HostAnswer(json, attachments.buffers());
    }

    private HostAnswer saved(JsonObject question, List<ByteBuffer> attachments) {
        CallOutcome said = SessionMessages.outcome(session, question.getJsonObject("session"), attachments);
        engaged = true;
        store(said);
        return refreshed();
    }

    /** Python is about to register a hook; it is noted only if the call succeeds. */
    private HostAnswer kept(JsonObject question) {
        if (!services.isInTransaction()) {
            throw PythonException.of(ErrorDetail.of(
                    ErrorCode.ILLEGAL_STATE, "keep_on_commit needs a transaction and a session that is durable"));
        }
        String description = question.getString("description", "");
        if (description.isBlank() || description.length() > LONGEST_DESCRIPTION) {
            throw refused("the description of a hook has 1 to " + LONGEST_DESCRIPTION + " characters");
        }
        KeptHook hook = new KeptHook(
                UUID.randomUUID().toString(),
                session,
                description,
                Instant.now(),
                caller.name(),
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

    private HostAnswer refreshed() {
        snapshot = SessionSnapshot.read(services, caller, session);
        ContextBlock state = state(entry -> null);
        return new HostAnswer(state.json(), state.attachments());
    }

    @Override
    public void incoming(@Nullable ContextBlock block) {
        if (block != null) {
            JsonObject said = SessionMessages.parsed(block.json()).getJsonObject("session");
            outcome = SessionMessages.outcome(session, Objects.requireNonNull(said), block.attachments());
        }
    }

    /** Stores what the call has changed, or stages it in the thread's transaction; the session's revision after it. */
    long finish() {
        if (!kept.isEmpty()) {
            StagedSessions.of(services.transactions(), services.store()).keep(services.hooks(), kept);
        }
        return store(outcome);
    }

    private long store(CallOutcome said) {
        said.changes().forEach(this::remember);
        long revision = snapshot.info().revision();
        if (said.changes().isEmpty() && said.reads().isEmpty()) {
            return revision;
        }
        if (services.isInTransaction()) {
            StagedSessions.of(services.transactions(), services.store()).add(caller, session, said);
        } else if (!said.changes().isEmpty()) {
            List<EntryChange> changes =
                    said.changes().stream().map(Change::entry).toList();
            SessionDelta delta =
                    new SessionDelta(session, changes, AttributeChange.NONE, SessionDelta.ANY_REVISION, said.reads());
            revision = services.store().save(caller, delta).revision();
        }
        return revision;
    }

    /** By its digest a content is right whatever becomes of the change. */
    private void remember(Change change) {
        if (change.entry() instanceof EntryChange.Put put && change.sha256() != null) {
            services.contents().keep(change.sha256(), put.content());
            services.workers().learned(worker(), change.sha256());
        }
    }
}
