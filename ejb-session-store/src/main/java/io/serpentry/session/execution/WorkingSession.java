// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.Saved;
import io.serpentry.session.Session;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionNotFoundException;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session in the hands of its caller: what was read, and what is to be saved. */
final class WorkingSession implements Session {

    private final SessionServices services;
    private final SessionStore store;
    private final Caller caller;
    private final InstantSource clock;
    private final Map<String, EntryRead.Content> contents = new HashMap<>();
    private final Map<String, EntryChange> changes = new LinkedHashMap<>();
    private SessionView view;
    private AttributeChange attributes = AttributeChange.NONE;

    WorkingSession(SessionServices services, Caller caller, InstantSource clock, SessionView view) {
        this.services = services;
        this.store = services.store();
        this.caller = caller;
        this.clock = clock;
        this.view = view;
    }

    @Override
    public SessionInfo info() {
        return view.info();
    }

    @Override
    public List<EntryInfo> entries() {
        return view.entries();
    }

    @Override
    public Optional<EntryRead.Content> entry(String name) {
        EntryRead.Content kept = contents.get(name);
        if (kept != null) {
            return Optional.of(kept);
        }
        for (EntryRead read : store.entries(caller, id(), Set.of(name), Set.of())) {
            if (read instanceof EntryRead.Corrupt corrupt) {
                throw corrupt.failure();
            }
            if (read instanceof EntryRead.Content content) {
                contents.put(name, content);
                return Optional.of(content);
            }
        }
        return Optional.empty();
    }

    @Override
    public Instant readAt() {
        return view.readAt();
    }

    @Override
    public Duration age() {
        return Duration.between(view.readAt(), clock.instant());
    }

    /** The version that a change of this entry is based on: of the content, if that was read later than the list. */
    private long base(String name) {
        EntryRead.Content content = contents.get(name);
        if (content != null) {
            return content.info().version();
        }
        return view.entry(name).map(EntryInfo::version).orElse(EntryChange.ABSENT);
    }

    @Override
    public Session put(String name, String mediaType, byte[] content) {
        changes.put(name, new EntryChange.Put(name, mediaType, content, base(name)));
        return this;
    }

    @Override
    public Session putJson(String name, String json) {
        return put(name, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Session remove(String name) {
        long base = base(name);
        if (base == EntryChange.ABSENT) {
            changes.remove(name);
        } else {
            changes.put(name, new EntryChange.Remove(name, base));
        }
        return this;
    }

    @Override
    public Session increment(String name, long by) {
        EntryChange present = changes.get(name);
        if (present != null && !(present instanceof EntryChange.Increment)) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.ILLEGAL_STATE,
                            "Entry \"" + name + "\" of session \"" + id()
                                    + "\" was put or removed here, which an increment would undo; save that first")
                    .context(Map.of("session", id(), "entry", name)));
        }
        long before = present instanceof EntryChange.Increment increment ? increment.by() : 0;
        changes.put(name, new EntryChange.Increment(name, Math.addExact(before, by)));
        return this;
    }

    @Override
    public Session metadata(String key, String value) {
        Map<String, String> metadata = new HashMap<>(attributes.metadata());
        metadata.put(key, value);
        Set<String> removed = new HashSet<>(attributes.metadataRemoved());
        removed.remove(key);
        return attributes(attributes.idleTimeout(), attributes.lifetime(), metadata, removed);
    }

    @Override
    public Session removeMetadata(String key) {
        Map<String, String> metadata = new HashMap<>(attributes.metadata());
        metadata.remove(key);
        Set<String> removed = new HashSet<>(attributes.metadataRemoved());
        removed.add(key);
        return attributes(attributes.idleTimeout(), attributes.lifetime(), metadata, removed);
    }

    @Override
    public Session idleTimeout(Duration value) {
        return attributes(value, attributes.lifetime(), attributes.metadata(), attributes.metadataRemoved());
    }

    @Override
    public Session lifetime(Duration value) {
        return attributes(attributes.idleTimeout(), value, attributes.metadata(), attributes.metadataRemoved());
    }

    private Session attributes(
            @Nullable Duration idleTimeout,
            @Nullable Duration lifetime,
            Map<String, String> metadata,
            Set<String> removed) {
        attributes = new AttributeChange(null, idleTimeout, lifetime, metadata, removed);
        return this;
    }

    @Override
    public boolean isChanged() {
        return !changes.isEmpty() || !attributes.isNone();
    }

    @Override
    public Saved save() {
        if (!isChanged()) {
            return new Saved(info().revision(), Map.of(), Map.of());
        }
        services.writeStaged(id());
        Saved saved = store.save(
                caller,
                new SessionDelta(id(), List.copyOf(changes.values()), attributes, SessionDelta.ANY_REVISION, Map.of()));
        refresh();
        return saved;
    }

    @Override
    public void refresh() {
        services.writeStaged(id());
        changes.clear();
        contents.clear();
        attributes = AttributeChange.NONE;
        view = store.find(caller, id()).orElseThrow(() -> new SessionNotFoundException(id()));
    }
}
