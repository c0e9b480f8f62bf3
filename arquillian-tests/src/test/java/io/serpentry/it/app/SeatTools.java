// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import io.serpentry.connector.cdi.PythonCallable;
import io.serpentry.session.PythonSessions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** What a language model may do in an application. */
@ApplicationScoped
public class SeatTools {

    @Inject
    PythonSessions sessions;

    @PythonCallable("seats.book")
    public String book(String session, String seat) {
        sessions.open(session).putJson("seat", "\"" + seat + "\"").save();
        return "booked " + seat;
    }
}
