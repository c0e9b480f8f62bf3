// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPools;
import io.serpentry.testkit.OutsideWar;
import jakarta.annotation.Resource;
import java.io.File;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.ResourceAdapterArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The resource adapter deployed alone serves a WAR; it needs no other module of ours. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class RarAloneIT {

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @Resource(lookup = "java:/eis/PythonPools")
    PythonPools pools;

    @Deployment(name = "rar", order = 1, testable = false)
    static ResourceAdapterArchive shippedRar() {
        return ShrinkWrap.createFromZipFile(ResourceAdapterArchive.class, new File(System.getProperty("serpentry.rar")))
                .as(ResourceAdapterArchive.class);
    }

    @Deployment(name = "war", order = 2)
    static WebArchive application() {
        String rar = new File(System.getProperty("serpentry.rar")).getName();
        return OutsideWar.dependingOn(rar, RarAloneIT.class);
    }

    @Test
    @OperateOnDeployment("war")
    void aWarMustCallPythonThroughTheAdapterAlone() {
        try (PythonConnection connection = python.getConnection()) {
            assertThat(connection.call("hello.greet").argument("name", "Ada").returning(String.class))
                    .isEqualTo("Hello, Ada!");
        }
        assertThat(pools.list()).singleElement().satisfies(pool -> assertThat(pool.name())
                .isEqualTo("default"));
    }
}
