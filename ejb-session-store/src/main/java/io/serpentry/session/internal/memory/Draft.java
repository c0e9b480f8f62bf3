// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.memory;

import io.serpentry.session.AttributeChange;
import io.serpentry.session.ForbiddenException;
import io.serpentry.session.Saved;
import io.serpentry.session.internal.store.ExpiryRule;
import io.serpentry.session.internal.store.SessionSettings;
import io.serpentry.session.internal.store.StoredContent;
import io.serpentry.session.internal.store.StoredEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A session's next state while one save makes it. For one thread. */
final class Draft {

    private final StoredSession before;
    private final Save save;
    private final SortedMap<String, StoredEntry> entries;
    private final List<History.Past> ended = new ArrayList<>();
    private final Map<String, Long> versions = new HashMap<>();
    private Attributes attributes;
    private long revision;
    private long high;

    Draft(StoredSession before, Save save) {
        this.before = before;
        this.save = save;
        this.entries = new TreeMap<>(before.entries());
        this.attributes = before.attributes();
        this.revision = before.revision();
        this.high = before.high();
    }

    /** Stores an entry's next version, or its first. */
    void put(String name, String mediaType, @Nullable Long counter, StoredContent content) {
        StoredEntry present = entries.get(name);
        long version = (present == null ? before.high() : present.version()) + 1;
        long born = present == null ? version : present.born();
        if (present != null) {
            ended.add(new History.Past(present, save.end(false)));
        }
        String by = save.caller().name();
        entries.put(
                name,
                new StoredEntry(name, version, born, save.change(), save.at(), by, mediaType, counter, content, null));
        versions.put(name, version);
        revision++;
    }

    /** Nothing if there is no such entry. */
    void remove(String name) {
        StoredEntry present = entries.remove(name);
        if (present != null) {
            ended.add(new History.Past(present, save.end(true)));
            high = Math.max(high, present.version());
            revision++;
        }
    }

    /** Throws {@link ForbiddenException} if the owner changes and the caller is no operator. */
    void change(AttributeChange change) {
        Attributes changed = attributes.changed(change, save);
        if (!changed.owner().equals(attributes.owner()) && !save.caller().operator()) {
            throw new ForbiddenException("Only an operator may change the owner of session \"" + before.id() + "\"");
        }
        ended.add(new History.Past(attributes.asEntry(), save.end(false)));
        attributes = changed;
        revision++;
    }

    boolean isUnchanged() {
        return revision == before.revision();
    }

    /** The next state, if there is room for it; what led to it counts as an access. */
    Step<Saved> finished(Map<String, Long> counters, SessionSettings settings) {
        StoredSession after = after().forgetting(settings, save.at());
        Quotas.requireRoom(before, after, settings);
        return new Step<>(accessed(after, settings), new Saved(revision, versions, counters));
    }

    private StoredSession accessed(StoredSession after, SessionSettings settings) {
        ExpiryRule rule = new ExpiryRule(settings.touchInterval());
        if (!attributes.hasTimesOf(before.attributes())) {
            return after.retimed(save.at(), rule);
        }
        return after.touched(save.at(), Instant.EPOCH, rule).next();
    }

    private StoredSession after() {
        return new StoredSession(
                before.id(),
                before.kind(),
                before.createdAt(),
                attributes,
                before.access(),
                revision,
                high,
                Collections.unmodifiableSortedMap(entries),
                before.history().plus(ended));
    }
}
