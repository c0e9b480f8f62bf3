// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import org.assertj.core.api.Assertions;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** An application of its own, which sees Serpentry by one module dependency. */
public final class OutsideWar {

    private static final String STRUCTURE = """
            <jboss-deployment-structure>
              <deployment>
                <dependencies>
                  <module name="deployment.%s" services="import"/>
                </dependencies>
              </deployment>
            </jboss-deployment-structure>
            """;

    /** Without it the container takes what Serpentry throws for a fault of the EJB that lets it through. */
    private static final String EJB_JAR = """
            <ejb-jar xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0">
              <assembly-descriptor>
                <application-exception>
                  <exception-class>io.serpentry.connector.PythonException</exception-class>
                  <rollback>false</rollback>
                  <inherited>true</inherited>
                </application-exception>
              </assembly-descriptor>
            </ejb-jar>
            """;

    private OutsideWar() {}

    /** @param deployment the file name of the EAR or RAR that it depends on */
    public static WebArchive dependingOn(String deployment, Class<?>... classes) {
        return named("outside.war", deployment, classes);
    }

    /** As {@link #dependingOn}, for several of them. */
    public static WebArchive named(String name, String deployment, Class<?>... classes) {
        return ShrinkWrap.create(WebArchive.class, name)
                .addClasses(classes)
                .addAsLibrary(ShippedEar.jarOf(Assertions.class))
                .addAsWebInfResource(EmptyAsset.INSTANCE, "beans.xml")
                .addAsWebInfResource(new StringAsset(EJB_JAR), "ejb-jar.xml")
                .addAsWebInfResource(
                        new StringAsset(STRUCTURE.formatted(deployment)), "jboss-deployment-structure.xml");
    }
}
