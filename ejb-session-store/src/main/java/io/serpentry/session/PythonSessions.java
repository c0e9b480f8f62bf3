// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sessions, for applications: {@code @Inject PythonSessions sessions}. Acts for the caller of the bean that it is
 * injected into; {@code anonymous} if nobody is known. In a JTA transaction what it writes belongs to that transaction.
 *
 * <p>Any thread may use it. What goes wrong is a {@link io.serpentry.connector.SessionException} or an {@link
 * io.serpentry.connector.InvalidArgumentException}; each is named at {@link SessionStore}.
 */
public interface PythonSessions {

    /** A new durable session with a generated id and the configured times. */
    Session create();

    Session create(NewSession session);

    /**
     * The session, to be changed. It is an access.
     *
     * @throws SessionNotFoundException if there is none
     */
    Session open(String session);

    /**
     * The session, to make calls in, of which nothing is read now: it need not exist before its first call.
     *
     * @throws io.serpentry.connector.InvalidArgumentException if no session can have that id
     */
    AttachedSession attach(String session);

    /** The session, to be looked at. It is no access. */
    Optional<ReadOnlySession> find(String session);

    /** False if there was none. */
    boolean delete(String session);

    SessionPage page(SessionQuery query);

    /**
     * Calls a Python function in a session: the function reads and changes it through its parameter of type {@code Session},
     * on whichever worker serves the call. The call is an access; the session lives at least as long as the call may take.
     *
     * <p>What the function changed is stored when it has returned, all of it or nothing, and only if it has returned. In a
     * JTA transaction it is staged: later calls of the transaction see it, and it is written when the transaction commits
     * ({@link #flush} writes it at once). A conflict then keeps the transaction from committing, and is in the cause of what
     * the committer gets.
     *
     * <p>Without a transaction, a function that is registered as idempotent is called again after a conflict, up to five times,
     * unless it has saved by itself or called a method of the application.
     *
     * @param type what the result is mapped to; {@code Void.class} ignores it
     * @return null where Python returned {@code None}
     * @throws SessionNotFoundException if there is no such session
     * @throws SessionConflictException if somebody else has changed an entry that the function changed, since it was read
     * @throws SessionBusyException if an exclusive call waited in vain
     * @throws QuotaExceededException if the session would have too many entries or bytes
     * @throws StoreUnavailableException if the store can not be reached
     * @throws io.serpentry.connector.PythonException as {@link io.serpentry.connector.PythonCall#returning(Class)} says; nothing
     *     is stored then
     */
    @SuppressWarnings("unchecked") // what is mapped to the class is of it
    default <T> @Nullable T execute(String session, Invocation call, Class<T> type) {
        return (T) perform(session, call, type).result();
    }

    /** As {@link #execute}, for generic types, with more of what came out. */
    Execution perform(String session, Invocation call, Type type);

    /**
     * Calls a Python function in a temporary session of its own, which is gone when the call has ended, however it ends.
     *
     * @throws io.serpentry.connector.PythonException as {@link io.serpentry.connector.PythonCall#returning(Class)} says
     */
    @SuppressWarnings("unchecked") // what is mapped to the class is of it
    default <T> @Nullable T executeAnonymous(Invocation call, Class<T> type) {
        return (T) performAnonymous(call, type).result();
    }

    /** As {@link #executeAnonymous}, for generic types, with more of what came out. */
    Execution performAnonymous(Invocation call, Type type);

    /**
     * Writes what the transaction's calls have staged, still in that transaction; nothing without one.
     *
     * @throws SessionConflictException if somebody else has changed an entry meanwhile; the transaction can only be rolled
     *     back then
     */
    void flush();

    /** The same, on behalf of somebody else: for code that knows its callers itself. */
    PythonSessions as(Caller caller);
}
