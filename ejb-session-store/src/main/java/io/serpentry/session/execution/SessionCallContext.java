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
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.Invocation;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.execution.SessionMessages.Attachments;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The part of a session in one call: its state goes along, Python's questions are answered, what was changed comes back. */
final class SessionCallContext implements CallContext {

    private final SessionServices services;
    private final Caller caller;
    private final String pool;
    private final String session;
    private final Set<String> uses;
    private final boolean readsWanted;
    private SessionSnapshot snapshot;
    private @Nullable WorkerIdentity worker;
    private CallOutcome outcome = CallOutcome.NOTHING;
    private boolean engaged;

    SessionCallContext(
            SessionServices services,
            Caller caller,
            SessionSnapshot snapshot,
            Invocation invocation,
            @Nullable FunctionInfo function) {
        this.services = services;
        this.caller = caller;
        this.pool = invocation.pool();
        this.session = snapshot.info().id();
        this.snapshot = snapshot;
        this.uses = function == null ? Set.of() : Set.copyOf(function.uses());
        this.readsWanted = invocation.readsValidated();
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
        Map<String, byte[]> contents =
                snapshot.contents(uses.stream().filter(name -> !isHeld(name)).toList());
        return state(entry -> sent(entry, contents.get(entry.name())));
    }

    private boolean isHeld(String name) {
        return snapshot.entries().stream()
                .filter(entry -> entry.name().equals(name))
                .anyMatch(entry -> services.workers().has(worker(), entry.sha256()));
    }

    private byte @Nullable [] sent(EntryInfo entry, byte @Nullable [] content) {
        if (content != null) {
            services.workers().learned(worker(), entry.sha256());
            services.traffic().sent(pool, content.length);
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
            default -> throw refused("a session has no operation \"" + operation + "\"");
        };
    }

    private static PythonException refused(String why) {
        return PythonException.of(ErrorDetail.of(ErrorCode.INVALID_ARGUMENT, why));
    }

    private HostAnswer fetched(JsonObject question) {
        List<String> names = question.getJsonArray("names").getValuesAs(JsonString::getString);
        Map<String, byte[]> contents = snapshot.contents(names);
        List<EntryInfo> found = snapshot.entries().stream()
                .filter(entry -> contents.containsKey(entry.name()))
                .toList();
        Attachments attachments = new Attachments();
        byte[] json = SessionMessages.entries(found, entry -> sent(entry, contents.get(entry.name())), attachments);
        return new HostAnswer(json, attachments.buffers());
    }

    private HostAnswer saved(JsonObject question, List<ByteBuffer> attachments) {
        CallOutcome said = SessionMessages.outcome(session, question.getJsonObject("session"), attachments);
        engaged = true;
        store(said);
        return refreshed();
    }

    private HostAnswer refreshed() {
        snapshot = SessionSnapshot.read(services, caller, session);
        ContextBlock state = state(entry -> null);
        return new HostAnswer(state.json(), state.attachments());
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
        JsonObject changed = said.getJsonObject("session");
        if (changed != null) {
            outcome = SessionMessages.outcome(session, changed, block.attachments());
        }
    }

    /** Stores what the call has changed, or stages it in the thread's transaction; the session's revision after it. */
    long finish() {
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
