// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.it.app.Greeter;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.inject.Inject;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Modules of the EAR get the factory by injection. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class InjectionIT {

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @Inject
    @Pool
    PythonConnectionFactory injected;

    @Inject
    @Pool
    PythonPool pool;

    @EJB
    Greeter greeter;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(InjectionIT.class, Greeter.class);
    }

    @Test
    void anEjbAndAWarInTheEarMustGetTheFactory() {
        assertThat(greeter.greet("Ada")).isEqualTo("Hello, Ada!");
        for (PythonConnectionFactory factory : new PythonConnectionFactory[] {python, injected}) {
            try (PythonConnection connection = factory.getConnection()) {
                assertThat(connection
                                .call("hello.greet")
                                .argument("name", "Grace")
                                .returning(String.class))
                        .isEqualTo("Hello, Grace!");
            }
        }
        assertThat(pool.name()).isEqualTo("default");
        assertThat(pool.statistics().max()).isEqualTo(4);
    }
}
