// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.AttachedSession;
import io.serpentry.session.Execution;
import io.serpentry.session.Invocation;
import io.serpentry.session.PythonSessions;
import java.lang.reflect.Type;
import java.util.Map;

/** A session's id, until it is closed. */
final class SessionHandle implements AttachedSession {

    private final PythonSessions sessions;
    private final String id;
    private volatile boolean closed;

    SessionHandle(PythonSessions sessions, String id) {
        this.sessions = sessions;
        this.id = id;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Execution perform(Invocation call, Type type) {
        if (closed) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.ILLEGAL_STATE,
                            "The handle of session " + id + " is closed; attach to the session again")
                    .context(Map.of("session", id)));
        }
        return sessions.perform(id, call, type);
    }

    @Override
    public void close() {
        closed = true;
    }
}
