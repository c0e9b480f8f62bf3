// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import io.serpentry.session.Caller;
import io.serpentry.session.EntryRead;
import io.serpentry.session.NewSession;
import io.serpentry.session.Saved;
import io.serpentry.session.SessionDelta;
import io.serpentry.session.SessionInfo;
import io.serpentry.session.SessionObserver;
import io.serpentry.session.SessionPage;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionRevision;
import io.serpentry.session.SessionStatistics;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import io.serpentry.session.StoreCapability;
import io.serpentry.session.Touched;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Does what another store does; tests override what shall be otherwise. */
class ForwardingStore implements SessionStore {

    private final SessionStore store;

    ForwardingStore(SessionStore store) {
        this.store = store;
    }

    @Override
    public Set<StoreCapability> capabilities() {
        return store.capabilities();
    }

    @Override
    public SessionInfo create(Caller caller, NewSession session) {
        return store.create(caller, session);
    }

    @Override
    public Optional<SessionView> find(Caller caller, String session) {
        return store.find(caller, session);
    }

    @Override
    public List<EntryRead> entries(Caller caller, String session, Set<String> names, Set<String> known) {
        return store.entries(caller, session, names, known);
    }

    @Override
    public Saved save(Caller caller, SessionDelta delta) {
        return store.save(caller, delta);
    }

    @Override
    public boolean delete(Caller caller, String session) {
        return store.delete(caller, session);
    }

    @Override
    public Touched touch(Caller caller, String session, Instant atLeast) {
        return store.touch(caller, session, atLeast);
    }

    @Override
    public int expireDue(int limit) {
        return store.expireDue(limit);
    }

    @Override
    public int deliver(int limit, SessionObserver observer) {
        return store.deliver(limit, observer);
    }

    @Override
    public SessionPage page(Caller caller, SessionQuery query) {
        return store.page(caller, query);
    }

    @Override
    public SessionStatistics statistics(Caller caller) {
        return store.statistics(caller);
    }

    @Override
    public List<SessionRevision> revisions(Caller caller, String session) {
        return store.revisions(caller, session);
    }

    @Override
    public Optional<EntryRead> version(Caller caller, String session, String name, long version) {
        return store.version(caller, session, name, version);
    }

    @Override
    public Saved restore(Caller caller, String session, long revision) {
        return store.restore(caller, session, revision);
    }

    @Override
    public Saved restoreEntry(Caller caller, String session, String name, long version) {
        return store.restoreEntry(caller, session, name, version);
    }
}
