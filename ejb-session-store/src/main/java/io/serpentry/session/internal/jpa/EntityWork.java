// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.function.Function;
import org.hibernate.Session;

/** Runs work with an entity manager that lives as long as the work, so that nothing it has read before is shown as the present. */
final class EntityWork {

    private final EntityManagerFactory entities;

    EntityWork(EntityManagerFactory entities) {
        this.entities = entities;
    }

    <T> T query(Function<EntityManager, T> query) {
        try (EntityManager manager = entities.createEntityManager()) {
            return query.apply(manager);
        }
    }

    /** On the connection of an entity manager, which has joined the transaction if there is one. */
    <T> T sql(StoreTransactions.Work<T> work) {
        return query(manager -> manager.unwrap(Session.class).doReturningWork(work::on));
    }
}
