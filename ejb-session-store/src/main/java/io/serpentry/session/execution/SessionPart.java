// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.HostAnswer;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.execution.SessionMessages.Attachments;
import io.serpentry.session.execution.SessionMessages.Described;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One session in one call: what Python is told of it, what it asks, what it changes. For one thread. */
final class SessionPart {

    private final SessionServices services;
    private final Caller caller;
    private final String pool;
    private final String session;
    private final boolean readsWanted;
    private SessionSnapshot snapshot;
    private CallOutcome outcome = CallOutcome.NOTHING;
    private boolean saved;

    SessionPart(SessionServices services, Caller caller, String pool, SessionSnapshot snapshot, boolean readsWanted) {
        this.services = services;
        this.caller = caller;
        this.pool = pool;
        this.session = snapshot.info().id();
        this.snapshot = snapshot;
        this.readsWanted = readsWanted;
    }

    SessionInfo info() {
        return snapshot.info();
    }

    Caller caller() {
        return caller;
    }

    /** Whether something was stored that stays if the call fails. */
    boolean isSaved() {
        return saved;
    }

    /** Its state, with the contents of the entries that are used and that the worker lacks. */
    Described state(WorkerIdentity worker, Set<String> uses) {
        Map<String, byte[]> contents = uses.isEmpty()
                ? Map.of()
                : snapshot.contents(
                        uses.stream().filter(name -> !isHeld(worker, name)).toList());
        return new Described(
                info(), snapshot.entries(), readsWanted, entry -> sent(worker, entry, contents.get(entry.name())));
    }

    private boolean isHeld(WorkerIdentity worker, String name) {
        EntryInfo entry = snapshot.entry(name);
        return entry != null && services.workers().has(worker, entry.sha256());
    }

    private byte @Nullable [] sent(WorkerIdentity worker, EntryInfo entry, byte @Nullable [] content) {
        if (content != null) {
            services.workers().learned(worker, entry.sha256());
            services.traffic().sent(pool, content.length);
        }
        return content;
    }

    HostAnswer fetched(WorkerIdentity worker, JsonObject question) {
        List<String> names = question.getJsonArray("names").getValuesAs(JsonString::getString);
        Map<String, byte[]> contents = snapshot.contents(names);
        List<EntryInfo> found = snapshot.entries().stream()
                .filter(entry -> contents.containsKey(entry.name()))
                .toList();
        Attachments attachments = new Attachments();
        byte[] json =
                SessionMessages.entries(found, entry -> sent(worker, entry, contents.get(entry.name())), attachments);
        return new HostAnswer(json, attachments.buffers());
    }

    HostAnswer saved(WorkerIdentity worker, JsonObject question, List<ByteBuffer> attachments) {
        CallOutcome said = SessionMessages.outcome(session, question.getJsonObject("session"), attachments);
        store(worker, said);
        saved = true;
        return refreshed();
    }

    HostAnswer refreshed() {
        snapshot = SessionSnapshot.read(services, caller, session);
        Attachments attachments = new Attachments();
        Described state = new Described(info(), snapshot.entries(), readsWanted, entry -> null);
        return new HostAnswer(SessionMessages.state(Map.of("session", state), attachments), attachments.buffers());
    }

    void told(@Nullable JsonObject changed, List<ByteBuffer> attachments) {
        if (changed != null) {
            outcome = SessionMessages.outcome(session, changed, attachments);
        }
    }

    /** Stores what the call has changed, or stages it in the thread's transaction; the session's revision after it. */
    long finish(WorkerIdentity worker) {
        long revision = store(worker, outcome);
        saved |= !outcome.changes().isEmpty();
        return revision;
    }

    private long store(WorkerIdentity worker, CallOutcome said) {
        said.changes().forEach(change -> remember(worker, change));
        long revision = info().revision();
        if (said.changes().isEmpty() && said.reads().isEmpty()) {
            return revision;
        }
        if (services.isInTransaction()) {
            List<Change> changes = said.changes().stream().map(snapshot::based).toList();
            StagedSessions.of(services.transactions(), services.store())
                    .add(caller, session, new CallOutcome(changes, said.reads()));
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
    private void remember(WorkerIdentity worker, Change change) {
        if (change.entry() instanceof EntryChange.Put put && change.sha256() != null) {
            services.contents().keep(change.sha256(), put.content());
            services.workers().learned(worker, change.sha256());
        }
    }
}
