// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.it.app.First;
import io.serpentry.it.app.Second;
import io.serpentry.testkit.OutsideWar;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which application's methods Python reaches, where there are several. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class CallbackDeploymentIT {

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @ArquillianResource
    Deployer deployer;

    @Deployment(name = "ear", order = 1, testable = false)
    static EnterpriseArchive shippedEar() {
        return ShippedEar.unchanged();
    }

    @Deployment(name = "first", order = 2)
    static WebArchive first() {
        return war("first.war", First.class);
    }

    @Deployment(name = "second", order = 3)
    static WebArchive second() {
        return war("second.war", Second.class);
    }

    @Deployment(name = "both", managed = false, testable = false)
    static WebArchive both() {
        return OutsideWar.named("both.war", "serpentry.ear", First.class, Second.class);
    }

    private static WebArchive war(String name, Class<?> bean) {
        return OutsideWar.named(name, "serpentry.ear", CallbackDeploymentIT.class, bean);
    }

    private String who() {
        try (PythonConnection connection = python.getConnection()) {
            return connection
                    .call("notebook.ask")
                    .argument("name", "application.who")
                    .argument("arguments", Map.of())
                    .returning(String.class);
        }
    }

    @Test
    @OperateOnDeployment("first")
    void aCallOfTheFirstApplicationMustReachItsOwnMethod() {
        assertThat(who()).isEqualTo("first");
    }

    @Test
    @OperateOnDeployment("second")
    void aCallOfTheSecondApplicationMustReachItsOwnMethod() {
        assertThat(who()).isEqualTo("second");
    }

    @Test
    @RunAsClient
    void twoMethodsOfOneNameMustKeepAnApplicationFromBeingDeployed() {
        Throwable refusal = catchThrowable(() -> deployer.deploy("both"));

        assertThat(refusal).hasStackTraceContaining("with the name 'application.who'");
    }
}
