// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RunAs;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import java.util.concurrent.Callable;

/** Runs a piece of a test with the rights of a clerk. */
@Stateless
@RunAs("clerk")
@PermitAll
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
public class AsClerk {

    public <T> T call(Callable<T> work) throws Exception {
        return work.call();
    }
}
