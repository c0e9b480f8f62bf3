// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import io.serpentry.session.internal.jpa.Dialect;
import java.time.Instant;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Spring Session as its own configuration class sets it up: its schema, a new transaction for each operation, attributes by Java
 * serialization. It has no compare-and-set; the last writer wins. A session that is saved is a session that was accessed, as its
 * filter has it.
 */
final class SpringKeeper implements Keeper {

    private final SessionRepository<Session> sessions;

    SpringKeeper(DataSource source, Dialect dialect) {
        String script = "org/springframework/session/jdbc/schema-" + dialect.scripts() + ".sql";
        new ResourceDatabasePopulator(new ClassPathResource(script)).execute(source);
        TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(source));
        transactions.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        sessions = repository(new JdbcIndexedSessionRepository(new JdbcTemplate(source), transactions));
    }

    @SuppressWarnings("unchecked")
    private static SessionRepository<Session> repository(SessionRepository<? extends Session> repository) {
        return (SessionRepository<Session>) repository;
    }

    @Override
    public String name() {
        return "Spring";
    }

    @Override
    public String create(byte[] content) {
        Session session = sessions.createSession();
        session.setAttribute("program", content);
        sessions.save(session);
        return session.getId();
    }

    @Override
    public byte[] get(String session) {
        return content(sessions.findById(session));
    }

    private static byte[] content(Session session) {
        return Objects.requireNonNull(session.getAttribute("program"));
    }

    @Override
    public byte[] entry(String session) {
        return get(session);
    }

    @Override
    public void update(String session, byte[] content) {
        Session found = sessions.findById(session);
        content(found);
        found.setAttribute("program", content);
        accessed(found);
    }

    @Override
    public void touch(String session) {
        accessed(sessions.findById(session));
    }

    @Override
    public void touchAgain(String session) {
        touch(session);
    }

    private void accessed(Session session) {
        session.setLastAccessedTime(Instant.now());
        sessions.save(session);
    }
}
