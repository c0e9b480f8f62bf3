// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import io.serpentry.connector.cdi.Pool;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Processes;
import io.serpentry.testkit.ShippedEar;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A second pool beside the default one, with settings of its own. */
@Tag("core")
@ExtendWith(ArquillianExtension.class)
class TwoPoolsIT {

    private static final String SECOND = """
            <connection-definition class-name="io.serpentry.connector.internal.jca.PythonManagedConnectionFactory"
                                   jndi-name="java:/eis/Models" pool-name="Models" use-java-context="true" enabled="true">
              <config-property name="name">models</config-property>
              <config-property name="python">${serpentry.python:python3}</config-property>
              <config-property name="modulePath">${serpentry.modulePath:}</config-property>
              <config-property name="environment">WHERE=models</config-property>
              <config-property name="start">spawn</config-property>
              <xa-pool>
                <min-pool-size>1</min-pool-size>
                <max-pool-size>1</max-pool-size>
                <prefill>true</prefill>
                <is-same-rm-override>false</is-same-rm-override>
              </xa-pool>
              <recovery no-recovery="true"/>
            </connection-definition>
            """;

    @Resource(lookup = "java:/eis/Python")
    PythonConnectionFactory python;

    @Resource(lookup = "java:/eis/Models")
    PythonConnectionFactory models;

    @Inject
    PythonPools pools;

    @Inject
    @Pool("models")
    PythonPool pool;

    @Deployment
    static EnterpriseArchive shippedEar() {
        return ShippedEar.withPool(SECOND, TwoPoolsIT.class, Await.class, Processes.class);
    }

    private static String environment(PythonConnectionFactory factory) {
        try (PythonConnection connection = factory.getConnection()) {
            return connection
                    .call("probe.environment")
                    .argument("name", "WHERE")
                    .returning(String.class);
        }
    }

    @Test
    void eachPoolMustHaveItsOwnSettings() {
        assertThat(pools.list()).extracting(PythonPool::name).containsExactly("default", "models");
        assertThat(environment(models)).isEqualTo("models");
        assertThat(environment(python)).isNull();
        assertThat(pool.statistics().start()).isEqualTo("spawn");
        assertThat(pool.statistics().max()).isEqualTo(1);
    }

    @Test
    void theSettingsThatAreShownMustHideTheValuesOfTheEnvironment() {
        assertThat(pool.settings()).containsEntry("environment", "WHERE=***").containsEntry("start", "spawn");
    }

    @Test
    void theDeathOfOnePoolsForkServerMustNotDisturbTheOther() {
        try (PythonConnection kept = python.getConnection()) {
            var worker = kept.worker();
            environment(models);

            Processes.signal("KILL", pool.statistics().zygotePid());

            assertThat(kept.call("probe.pid").returning(Long.class)).isEqualTo(worker.pid());
            Await.until("the other pool serves again", () -> "models".equals(environment(models)));
        }
    }
}
