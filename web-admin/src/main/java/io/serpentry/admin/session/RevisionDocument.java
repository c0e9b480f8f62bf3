// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Answer;
import io.serpentry.session.SessionRevision;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.List;

/**
 * A state that a session can be restored to.
 *
 * @param changes what led to it; empty for a change of attributes alone
 */
@JsonbPropertyOrder({"revision", "at", "by", "changes"})
public record RevisionDocument(long revision, Instant at, String by, List<Change> changes) implements Answer {

    /** One entry's part in it; for one that was removed, its last version. */
    @JsonbPropertyOrder({"name", "version", "removed"})
    public record Change(String name, long version, boolean removed) {
        static Change of(SessionRevision.Change change) {
            return new Change(change.name(), change.version(), change.removed());
        }
    }

    static RevisionDocument of(SessionRevision revision) {
        return new RevisionDocument(
                revision.revision(),
                revision.at(),
                revision.by(),
                revision.changes().stream().map(Change::of).toList());
    }
}
