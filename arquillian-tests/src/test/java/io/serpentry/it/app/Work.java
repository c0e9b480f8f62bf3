// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import jakarta.annotation.Resource;
import jakarta.ejb.EJBContext;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.transaction.Status;
import jakarta.transaction.UserTransaction;
import java.util.concurrent.Callable;

/** Runs a piece of a test in a transaction of its own. */
@Stateless
@TransactionManagement(TransactionManagementType.BEAN)
public class Work {

    @Resource
    EJBContext context;

    /** Commits what the work did; rolls back if it throws. */
    public <T> T inTransaction(Callable<T> work) throws Exception {
        return inTransaction(0, work);
    }

    /** @param seconds the transaction's timeout, 0 for the container's own */
    public <T> T inTransaction(int seconds, Callable<T> work) throws Exception {
        UserTransaction transaction = context.getUserTransaction();
        transaction.setTransactionTimeout(seconds);
        transaction.begin();
        try {
            T result = work.call();
            transaction.commit();
            return result;
        } catch (Exception e) {
            if (transaction.getStatus() != Status.STATUS_NO_TRANSACTION) {
                transaction.rollback();
            }
            throw e;
        }
    }
}
