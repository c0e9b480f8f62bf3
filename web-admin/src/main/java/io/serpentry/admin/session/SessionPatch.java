// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.JsonBody;
import io.serpentry.admin.http.JsonText;
import io.serpentry.session.AttributeChange;
import io.serpentry.session.EntryChange;
import io.serpentry.session.Limits;
import io.serpentry.session.SessionDelta;
import jakarta.json.JsonValue;
import jakarta.ws.rs.core.MediaType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The body of {@code PATCH /sessions/{id}}. What {@code metadata} and {@code entries} name is set, or removed where the value
 * is null; {@code increments} add to counters.
 */
final class SessionPatch {

    private SessionPatch() {}

    /** @param expectedRevision {@link SessionDelta#ANY_REVISION} for none */
    static SessionDelta of(String session, JsonValue body, long expectedRevision) {
        JsonBody patch = JsonBody.of(body, "owner", "idleTimeout", "lifetime", "metadata", "entries", "increments");
        SessionDelta delta =
                SessionDelta.of(session).attributes(attributes(patch)).expectedRevision(expectedRevision);
        for (Map.Entry<String, JsonValue> entry : patch.object("entries").entrySet()) {
            delta = delta.with(change(entry.getKey(), entry.getValue()));
        }
        for (Map.Entry<String, JsonValue> counter : patch.object("increments").entrySet()) {
            String name = counter.getKey();
            delta = delta.increment(name, JsonBody.number("increments." + name, counter.getValue()));
        }
        return delta;
    }

    private static EntryChange change(String name, JsonValue value) {
        return JsonValue.NULL.equals(value)
                ? new EntryChange.Remove(name, EntryChange.ANY)
                : new EntryChange.Put(name, MediaType.APPLICATION_JSON, JsonText.of(value), EntryChange.ANY);
    }

    private static AttributeChange attributes(JsonBody patch) {
        Map<String, String> metadata = new HashMap<>();
        Set<String> removed = new HashSet<>();
        patch.object("metadata").forEach((key, value) -> {
            Limits.name("metadata key", key);
            if (JsonValue.NULL.equals(value)) {
                removed.add(key);
            } else {
                metadata.put(key, JsonBody.text("metadata." + key, value));
            }
        });
        return new AttributeChange(
                patch.text("owner"), patch.duration("idleTimeout"), patch.duration("lifetime"), metadata, removed);
    }
}
