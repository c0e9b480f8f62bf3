// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.WorkerIdentity;
import jakarta.resource.spi.ManagedConnectionMetaData;

/** What the container may show of a connection. */
record WorkerMetaData(WorkerIdentity worker) implements ManagedConnectionMetaData {
    @Override
    public String getEISProductName() {
        return "Python worker " + worker;
    }

    @Override
    public String getEISProductVersion() {
        return "1";
    }

    /** No limit of its own: the pool's settings decide. */
    @Override
    public int getMaxConnections() {
        return 0;
    }

    @Override
    public String getUserName() {
        return "";
    }
}
