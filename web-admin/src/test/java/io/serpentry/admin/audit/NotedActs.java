// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.audit;

import io.serpentry.audit.AuditNote;
import java.util.ArrayList;
import java.util.List;

/** Keeps what was noted. For one thread. */
public final class NotedActs extends Acts {

    private final List<AuditNote> notes = new ArrayList<>();

    @Override
    public void note(AuditNote note) {
        notes.add(note);
    }

    /** Action, subject and detail of each. */
    public List<String> texts() {
        return notes.stream()
                .map(note -> note.action() + " " + note.subject() + ": " + note.detail())
                .toList();
    }
}
