// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.cdi;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonException;
import io.serpentry.session.PythonSessions;
import io.serpentry.session.SessionArchive;
import io.serpentry.session.SessionStore;
import io.serpentry.session.StoreMonitor;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** Produces the session beans of the deployed Serpentry, wherever they are injected. */
@ApplicationScoped
public class SessionProducers {

    private static final String MODULE = "java:global/serpentry/ejb-session-store/";

    @Produces
    @Dependent
    PythonSessions sessions() {
        return lookup("PythonSessions", PythonSessions.class);
    }

    @Produces
    @Dependent
    SessionStore store() {
        return lookup("SessionStore", SessionStore.class);
    }

    @Produces
    @Dependent
    SessionArchive archive() {
        return lookup("SessionArchive", SessionArchive.class);
    }

    @Produces
    @Dependent
    StoreMonitor monitor() {
        return lookup("StoreMonitor", StoreMonitor.class);
    }

    private static <T> T lookup(String bean, Class<T> view) {
        String name = MODULE + bean + "!" + view.getName();
        try {
            return view.cast(InitialContext.doLookup(name));
        } catch (NamingException e) {
            throw PythonException.of(
                    ErrorDetail.of(ErrorCode.INTERNAL, "nothing is bound at " + name + "; is serpentry.ear deployed?")
                            .cause(e));
        }
    }
}
