// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import io.serpentry.session.Caller;
import io.serpentry.session.ExportReport;
import io.serpentry.session.ImportMode;
import io.serpentry.session.ImportReport;
import io.serpentry.session.SessionArchive;
import io.serpentry.session.SessionQuery;
import io.serpentry.session.SessionStore;
import io.serpentry.session.internal.archive.JsonLinesArchive;
import jakarta.annotation.security.PermitAll;
import jakarta.ejb.EJB;
import jakarta.ejb.Local;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;

/** Export from and import into the session store of this server. */
@Backing
@Stateless(name = "SessionArchive")
@Local(SessionArchive.class)
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
@PermitAll
public class CentralArchive implements SessionArchive {

    private final Path spool =
            Path.of(System.getProperty("jboss.server.temp.dir", System.getProperty("java.io.tmpdir")));

    @EJB(beanName = "SessionStore")
    SessionStore store;

    @Inject
    StoreBackend backend;

    @Inject
    ArchiveTransaction transaction;

    private SessionArchive archive() {
        return new JsonLinesArchive(
                store, transaction::run, backend.settings().sessions(), InstantSource.system(), spool);
    }

    @Override
    public ExportReport exportTo(Caller caller, SessionQuery query, OutputStream out) throws IOException {
        return archive().exportTo(caller, query, out);
    }

    @Override
    public ExportReport exportTo(Caller caller, String session, OutputStream out) throws IOException {
        return archive().exportTo(caller, session, out);
    }

    @Override
    public ImportReport importFrom(Caller caller, InputStream in, ImportMode mode) throws IOException {
        return archive().importFrom(caller, in, mode);
    }
}
