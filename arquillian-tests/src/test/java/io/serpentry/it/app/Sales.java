// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;

/** An application's own rows, by JPA. */
@Stateless
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
public class Sales {

    @PersistenceContext
    EntityManager entities;

    /** Needs a transaction. */
    public void add(String id) {
        entities.persist(new Sale(id));
        entities.flush();
    }

    public boolean has(String id) {
        return entities.createQuery("select count(s) from Sale s where s.id = :id", Long.class)
                        .setParameter("id", id)
                        .getSingleResult()
                == 1;
    }
}
