// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.it.app.Greeter;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.ejb.EJB;
import jakarta.inject.Inject;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A WAR outside the EAR gets the factory with one module dependency. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class OutsideEarIT {

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

    @Deployment(name = "ear", order = 1, testable = false)
    static EnterpriseArchive shippedEar() {
        return ShippedEar.unchanged();
    }

    @Deployment(name = "outside", order = 2)
    static WebArchive warOutside() {
        return OutsideWar.dependingOn("serpentry.ear", OutsideEarIT.class, Greeter.class);
    }

    @Test
    @OperateOnDeployment("outside")
    void anEjbAndBeansOfAWarOutsideTheEarMustGetTheFactory() {
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
