// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The provisioned server starts and the EAR, as it is shipped, deploys on it. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class SmokeIT {

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.with(SmokeIT.class);
    }

    @Test
    void theConnectionFactoryMustBeBound() {
        assertThat(python).isNotNull();
    }
}
