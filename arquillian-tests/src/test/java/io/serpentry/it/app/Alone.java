// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import jakarta.annotation.Resource;
import jakarta.ejb.EJBContext;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import java.util.concurrent.Callable;

/** Runs a piece of a test in a transaction that the container makes for it, whether the caller has one or not. */
@Stateless
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class Alone {

    @Resource
    EJBContext context;

    public <T> T call(Callable<T> work) throws Exception {
        return work.call();
    }

    /** The transaction can only be rolled back after the work. */
    public <T> T callInVain(Callable<T> work) throws Exception {
        T result = work.call();
        context.setRollbackOnly();
        return result;
    }
}
