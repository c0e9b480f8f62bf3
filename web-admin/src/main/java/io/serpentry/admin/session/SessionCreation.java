// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.JsonBody;
import io.serpentry.admin.http.JsonText;
import io.serpentry.admin.problem.Refusal;
import io.serpentry.session.NewSession;
import jakarta.json.JsonValue;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /sessions}; every member may be left out. */
final class SessionCreation {

    /** What a path below {@code /sessions} has in the place of an id. */
    private static final Set<String> TAKEN_IDS =
            Set.of(SessionsResource.STATISTICS, ArchiveResource.EXPORT, ArchiveResource.IMPORT);

    private SessionCreation() {}

    static NewSession of(JsonValue body) {
        JsonBody wanted = JsonBody.of(body, "id", "owner", "kind", "idleTimeout", "lifetime", "metadata", "entries");
        NewSession session = ofKind(wanted.text("kind"))
                .idleTimeout(wanted.duration("idleTimeout"))
                .lifetime(wanted.duration("lifetime"));
        String id = wanted.text("id");
        if (id != null) {
            session = session.id(usable(id));
        }
        String owner = wanted.text("owner");
        if (owner != null) {
            session = session.owner(owner);
        }
        for (Map.Entry<String, JsonValue> item : wanted.object("metadata").entrySet()) {
            session = session.metadata(item.getKey(), JsonBody.text("metadata." + item.getKey(), item.getValue()));
        }
        for (Map.Entry<String, JsonValue> entry : wanted.object("entries").entrySet()) {
            session = session.entry(entry.getKey(), MediaType.APPLICATION_JSON, JsonText.of(entry.getValue()));
        }
        return session;
    }

    private static NewSession ofKind(@Nullable String kind) {
        if (kind == null || kind.equals("durable")) {
            return NewSession.durable();
        }
        if (kind.equals("temporary")) {
            return NewSession.temporary();
        }
        throw Refusal.field("kind", "'kind' must be durable or temporary");
    }

    private static String usable(String id) {
        if (TAKEN_IDS.contains(id)) {
            throw Refusal.field("id", "'id' can not be " + id + ", since its path has another meaning");
        }
        return id;
    }
}
