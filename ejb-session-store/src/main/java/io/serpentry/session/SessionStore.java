// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps sessions. Any thread may call it; calls never wait for each other longer than the database makes them.
 *
 * <p>A session that has expired does not exist: nothing returns it, touches it or revives it, swept or not. A session of
 * another owner does not exist for a {@link Caller} who is no operator, only its id is taken.
 *
 * <p>In a JTA transaction a {@link StoreCapability#TRANSACTIONAL} store writes in that transaction: create, save, restore and
 * delete are visible to others when it commits. Touches are transactions of their own. Reads see what the transaction wrote.
 *
 * <p>Every method may throw {@link StoreUnavailableException} when what keeps the sessions can not be reached, and {@link
 * io.serpentry.connector.InvalidArgumentException} for an id, name or cursor that can not be one. Methods that name a
 * session throw {@link SessionNotFoundException} if there is none, except where they say otherwise.
 */
public interface SessionStore {

    Set<StoreCapability> capabilities();

    /**
     * Creates a session with its first entries.
     *
     * @throws SessionExistsException if the id is taken; a transaction that it is called in stays usable
     * @throws QuotaExceededException if the session would have too many entries or bytes, or its owner too many sessions
     * @throws io.serpentry.connector.MessageTooLargeException if an entry's content is over the limit
     * @throws ForbiddenException if the caller is no operator and names another owner or a time of creation
     */
    SessionInfo create(Caller caller, NewSession session);

    /** The session without its entries' content; empty if there is none. It is no access: nothing is touched. */
    Optional<SessionView> find(Caller caller, String session);

    /**
     * The named entries, ordered by name; those that do not exist are left out. An unreadable one is {@link
     * EntryRead.Corrupt} among the others, and is in quarantine from then on.
     *
     * @param names up to 1,000
     * @param known SHA-256 digests of content that the caller has: an entry with such a digest comes without its content
     */
    List<EntryRead> entries(Caller caller, String session, Set<String> names, Set<String> known);

    /**
     * The session and the named entries, as {@link #find} and {@link #entries} give them, at once; empty if there is none. A store
     * that can do so reads both in one go, as of one moment.
     */
    default Optional<LoadedSession> load(Caller caller, String session, Set<String> names, Set<String> known) {
        return find(caller, session).map(view -> new LoadedSession(view, entries(caller, session, names, known)));
    }

    /**
     * Stores all changes of the delta, or none. It is an access to the session.
     *
     * @throws SessionConflictException if an entry's version, the session's revision or an entry read is not the expected
     *     one; it names each. It marks the transaction that it is thrown in for rollback
     * @throws QuotaExceededException if the session would have too many entries or bytes
     * @throws io.serpentry.connector.MessageTooLargeException if an entry's content is over the limit
     * @throws ForbiddenException if the caller is no operator and changes the owner
     * @throws io.serpentry.connector.ConnectionStateException if an increment does not fit the entry
     */
    Saved save(Caller caller, SessionDelta delta);

    /** Removes the session with all that belongs to it, and announces it; false if there was none. */
    boolean delete(Caller caller, String session);

    /**
     * Notes an access: the session lives on for its idle timeout, and at least until {@code atLeast}, but never beyond its
     * lifetime.
     *
     * @param atLeast {@link Instant#EPOCH} for no such wish
     */
    Touched touch(Caller caller, String session, Instant atLeast);

    /**
     * Removes up to {@code limit} sessions that have expired, oldest expiry first, and announces each. Sessions that another
     * transaction holds are left for the next time. Any number of nodes may do it at once.
     *
     * @param limit 1 to 10,000
     * @return how many; fewer than {@code limit} if no more can be had now
     */
    int expireDue(int limit);

    /**
     * Takes up to {@code limit} announcements of ended sessions out of the store and gives each to the observer, in the
     * transaction that removes it. If the observer throws, that announcement stays for a later time and the others go on.
     *
     * @param limit 1 to 10,000
     * @return how many were delivered
     */
    int deliver(int limit, SessionObserver observer);

    SessionPage page(Caller caller, SessionQuery query);

    /** What the store holds for this caller: for an operator, all of it. */
    SessionStatistics statistics(Caller caller);

    /** The states that the session can be restored to, newest first; the first is the present one. */
    List<SessionRevision> revisions(Caller caller, String session);

    /** An earlier version of an entry, or the present one; empty if it is not kept. */
    Optional<EntryRead> version(Caller caller, String session, String name, long version);

    /**
     * Makes all entries what they were at that revision, as a new revision. Attributes stay as they are.
     *
     * @throws RevisionNotFoundException if the history does not reach back to it, or there was no such state
     * @throws EntryCorruptException if a version that is needed can not be read
     */
    Saved restore(Caller caller, String session, long revision);

    /** As {@link #restore}, for one entry and one of its versions; also an entry that was removed since. */
    Saved restoreEntry(Caller caller, String session, String name, long version);
}
