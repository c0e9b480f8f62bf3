// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.model;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.Caller;
import io.serpentry.session.SessionRevision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Changes a session, and remembers what it became. */
record ModelSave(ModelSession session, Caller caller, Instant now) {

    /** The first entries: together they are revision 1. */
    void creation(Map<String, ModelEntry.@Nullable Value> values) {
        session.attributes = 1;
        List<SessionRevision.Change> changes = new ArrayList<>();
        write(values, changes);
        session.revision = 1;
        session.remember(now, caller.name(), changes);
    }

    Map<String, Long> entries(Map<String, ModelEntry.@Nullable Value> values) {
        return all(values, AttributeChange.NONE);
    }

    /** The versions of those that were not removed. */
    Map<String, Long> all(Map<String, ModelEntry.@Nullable Value> values, AttributeChange attributes) {
        List<SessionRevision.Change> changes = new ArrayList<>();
        Map<String, Long> versions = write(values, changes);
        if (!attributes.isNone()) {
            change(attributes);
        }
        if (!values.isEmpty() || !attributes.isNone()) {
            session.remember(now, caller.name(), changes);
        }
        return versions;
    }

    private Map<String, Long> write(
            Map<String, ModelEntry.@Nullable Value> values, List<SessionRevision.Change> changes) {
        long first = session.high + 1;
        Map<String, Long> versions = new HashMap<>();
        values.forEach((name, value) -> {
            ModelEntry before = session.entries.remove(name);
            if (before != null) {
                session.ended.add(new ModelSession.Ended(name, before.version(), now, before));
            }
            if (value != null) {
                long version = before == null ? first : before.version() + 1;
                session.entries.put(name, new ModelEntry(name, version, value, now, caller.name()));
                versions.put(name, version);
                changes.add(new SessionRevision.Change(name, version, false));
                session.revision++;
            } else if (before != null) {
                session.high = Math.max(session.high, before.version());
                changes.add(new SessionRevision.Change(name, before.version(), true));
                session.revision++;
            }
        });
        return versions;
    }

    private void change(AttributeChange change) {
        session.ended.add(new ModelSession.Ended("", session.attributes, now, null));
        session.attributes++;
        session.revision++;
        session.owner = change.owner() == null ? session.owner : change.owner();
        session.idleTimeout = change.idleTimeout() == null ? session.idleTimeout : change.idleTimeout();
        session.lifetime = change.lifetime() == null ? session.lifetime : change.lifetime();
        Map<String, String> metadata = new HashMap<>(session.metadata);
        metadata.keySet().removeAll(change.metadataRemoved());
        metadata.putAll(change.metadata());
        session.metadata = metadata;
    }
}
