// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.cdi;

import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;

/** Adds the producers of this package to each application that sees the library, with no beans.xml of its own. */
public class SessionExtension implements Extension {

    void addProducers(@Observes BeforeBeanDiscovery event) {
        event.addAnnotatedType(SessionProducers.class, SessionProducers.class.getName());
    }
}
