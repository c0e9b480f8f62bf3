// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

import java.util.Optional;

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

    /** The session, to be looked at. It is no access. */
    Optional<ReadOnlySession> find(String session);

    /** False if there was none. */
    boolean delete(String session);

    SessionPage page(SessionQuery query);

    /** The same, on behalf of somebody else: for code that knows its callers itself. */
    PythonSessions as(Caller caller);
}
