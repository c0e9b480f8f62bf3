// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;

/** The transaction of its own in which an import stores each session. */
@ApplicationScoped
public class ArchiveTransaction {

    @Transactional(value = Transactional.TxType.REQUIRES_NEW, rollbackOn = Exception.class)
    public void run(Runnable action) {
        action.run();
    }
}
