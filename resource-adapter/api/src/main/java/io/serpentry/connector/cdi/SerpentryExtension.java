// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.cdi;

import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;

/** Adds the producers of this package to each application that sees the library, with no beans.xml of its own. */
public class SerpentryExtension implements Extension {

    void addProducers(@Observes BeforeBeanDiscovery event) {
        event.addAnnotatedType(PoolProducers.class, PoolProducers.class.getName());
    }
}
