// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.Assertions;
import org.jboss.arquillian.container.test.api.Testable;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.EmptyAsset;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.jboss.shrinkwrap.api.spec.ResourceAdapterArchive;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The EAR as the build made it, with one more WAR in it for the tests that run inside the container. */
public final class ShippedEar {

    private static final String APPLICATION_XML = "META-INF/application.xml";
    private static final String POOLS_XML = "META-INF/ironjacamar.xml";
    private static final String TEST_MODULE =
            "<module><web><web-uri>test.war</web-uri><context-root>/test</context-root></web></module>";
    private static final String PERSISTENCE_XML = """
            <persistence xmlns="https://jakarta.ee/xml/ns/persistence" version="3.0">
              <persistence-unit name="test">
                <jta-data-source>java:jboss/datasources/SerpentryDS</jta-data-source>
                <properties>
                  <property name="jakarta.persistence.schema-generation.database.action" value="drop-and-create"/>
                </properties>
              </persistence-unit>
            </persistence>
            """;

    private ShippedEar() {}

    /** The shipped EAR as it is. */
    public static EnterpriseArchive unchanged() {
        return ShrinkWrap.createFromZipFile(EnterpriseArchive.class, new File(System.getProperty("serpentry.ear")));
    }

    /** The shipped EAR and {@code test.war}, which holds these classes and AssertJ, and is the one Arquillian enters. */
    public static EnterpriseArchive with(Class<?>... testClasses) {
        return with(testWar(testClasses));
    }

    /** As {@link #with}, with a persistence unit of its own in {@code test.war}, whose tables are made when it is deployed. */
    public static EnterpriseArchive withPersistence(Class<?>... testClasses) {
        return with(persistent(testWar(testClasses)));
    }

    private static WebArchive persistent(WebArchive test) {
        return test.addAsWebInfResource(new StringAsset(PERSISTENCE_XML), "classes/META-INF/persistence.xml");
    }

    private static WebArchive testWar(Class<?>... testClasses) {
        return ShrinkWrap.create(WebArchive.class, "test.war")
                .addClasses(testClasses)
                .addAsLibrary(jarOf(Assertions.class))
                .addAsWebInfResource(EmptyAsset.INSTANCE, "beans.xml");
    }

    private static EnterpriseArchive with(WebArchive test) {
        EnterpriseArchive ear = unchanged();
        ear.addAsModule(Testable.archiveToTest(test));
        // application.xml lists the modules: one that it does not name is not deployed.
        String application = text(ear, APPLICATION_XML);
        ear.delete(APPLICATION_XML);
        return ear.setApplicationXML(
                new StringAsset(application.replace("<library-directory>", TEST_MODULE + "<library-directory>")));
    }

    /** As {@link #with}, and one more connection definition in the resource adapter's ironjacamar.xml. */
    public static EnterpriseArchive withPool(String connectionDefinition, Class<?>... testClasses) {
        return withPool(with(testClasses), connectionDefinition);
    }

    /** As {@link #withPersistence}, and one more connection definition. */
    public static EnterpriseArchive withPoolAndPersistence(String connectionDefinition, Class<?>... testClasses) {
        return withPool(withPersistence(testClasses), connectionDefinition);
    }

    private static EnterpriseArchive withPool(EnterpriseArchive ear, String connectionDefinition) {
        ResourceAdapterArchive rar = ear.getAsType(ResourceAdapterArchive.class, "resource-adapter.rar");
        String pools = text(rar, POOLS_XML);
        rar.delete(POOLS_XML);
        rar.add(
                new StringAsset(
                        pools.replace("</connection-definitions>", connectionDefinition + "</connection-definitions>")),
                POOLS_XML);
        ear.delete("resource-adapter.rar");
        return ear.addAsModule(rar);
    }

    /** The jar a class came from. */
    public static File jarOf(Class<?> type) {
        try {
            return new File(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("No file holds " + type, e);
        }
    }

    private static String text(Archive<?> archive, String path) {
        try (InputStream in = archive.get(path).getAsset().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Can not read " + path + " of " + archive.getName(), e);
        }
    }
}
