// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.EntryCorruptException;
import io.serpentry.session.RevisionNotFoundException;
import io.serpentry.session.Saved;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import io.serpentry.session.internal.store.Timeline;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What a restore makes of a session: a save of all that is not what it was. A function without side effects, as {@link Deltas}. */
final class Restores {

    private Restores() {}

    static Step<Saved> toRevision(long revision, StoredSession session, Save save, SessionSettings settings) {
        Map<String, Long> wanted = state(revision, session).entries();
        Draft draft = new Draft(session, save);
        TreeSet<String> names = new TreeSet<>(session.entries().keySet());
        names.addAll(wanted.keySet());
        for (String name : names) {
            Long version = wanted.get(name);
            if (version == null) {
                draft.remove(name);
            } else {
                restore(name, version, session, draft);
            }
        }
        return finished(draft, session, settings);
    }

    private static Timeline.State state(long revision, StoredSession session) {
        List<Timeline.State> states = session.states();
        return Timeline.state(revision, states)
                .orElseThrow(() -> new RevisionNotFoundException(
                        session.id(),
                        "Revision " + revision,
                        states.get(states.size() - 1).revision().revision()));
    }

    static Step<Saved> toVersion(
            String name, long version, StoredSession session, Save save, SessionSettings settings) {
        Draft draft = new Draft(session, save);
        restore(name, version, session, draft);
        return finished(draft, session, settings);
    }

    private static void restore(String name, long version, StoredSession session, Draft draft) {
        StoredEntry wanted = session.version(name, version)
                .orElseThrow(() -> new RevisionNotFoundException(
                        session.id(), "Version " + version + " of entry \"" + name + "\"", 0));
        // The present one stays as it is, damaged or not.
        if (!wanted.equals(session.entries().get(name))) {
            requireReadable(wanted, session);
            draft.put(name, wanted.mediaType(), wanted.counter(), wanted.content());
        }
    }

    private static void requireReadable(StoredEntry wanted, StoredSession session) {
        try {
            wanted.content().content();
        } catch (StoredContent.Unreadable e) {
            throw new EntryCorruptException(session.id(), wanted.name(), wanted.version(), e.reason());
        }
    }

    private static Step<Saved> finished(Draft draft, StoredSession session, SessionSettings settings) {
        return draft.isUnchanged()
                ? new Step<>(session, new Saved(session.revision(), Map.of(), Map.of()))
                : draft.finished(Map.of(), settings);
    }
}
