// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.cdi.PythonCallable;
import io.serpentry.session.Caller;
import io.serpentry.session.PythonSessions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.atomic.AtomicInteger;

/** Changes a session behind the back of the call that asks for it. */
@ApplicationScoped
public class Meddler {

    @Inject
    PythonSessions sessions;

    private final AtomicInteger asked = new AtomicInteger();

    @PythonCallable("meddler.write")
    public void write(String session) {
        int count = asked.incrementAndGet();
        sessions.as(Caller.of("ada"))
                .open(session)
                .putJson("lines", "[\"meddled " + count + "\"]")
                .save();
    }

    public int asked() {
        return asked.get();
    }
}
