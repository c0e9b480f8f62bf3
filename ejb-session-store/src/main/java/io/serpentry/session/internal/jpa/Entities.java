// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import jakarta.persistence.EntityManagerFactory;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.BootstrapServiceRegistryBuilder;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.transaction.jta.platform.internal.JBossAppServerJtaPlatform;
import org.hibernate.engine.transaction.jta.platform.internal.JtaSynchronizationStrategy;
import org.hibernate.engine.transaction.jta.platform.internal.SynchronizationRegistryBasedSynchronizationStrategy;

/**
 * Makes the entity manager factory, by Hibernate's own bootstrap rather than by a persistence unit of the deployment: the data source
 * is a setting, the schema must be upgraded before the mapping is checked, and a database that is down must not keep the
 * application from starting.
 */
public final class Entities {

    private Entities() {}

    /**
     * For a data source of the application server, whose connections join the JTA transaction.
     *
     * @throws org.hibernate.HibernateException if the tables are not as they are mapped
     */
    public static EntityManagerFactory jta(DataSource source, TransactionSynchronizationRegistry registry) {
        return factory(
                source,
                Map.of(
                        AvailableSettings.TRANSACTION_COORDINATOR_STRATEGY,
                        "jta",
                        AvailableSettings.JTA_PLATFORM,
                        new ServerPlatform(registry)));
    }

    /** For any other data source. */
    static EntityManagerFactory local(DataSource source) {
        return factory(source, Map.of());
    }

    private static EntityManagerFactory factory(DataSource source, Map<String, Object> settings) {
        StandardServiceRegistry registry = new StandardServiceRegistryBuilder(new BootstrapServiceRegistryBuilder()
                        .applyClassLoader(Entities.class.getClassLoader())
                        .build())
                .applySetting(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, source)
                .applySetting(AvailableSettings.JAKARTA_VALIDATION_MODE, "none")
                .applySetting(AvailableSettings.HBM2DDL_AUTO, "validate")
                .applySettings(settings)
                .build();
        try {
            return new MetadataSources(registry)
                    .addAnnotatedClass(SessionRow.class)
                    .buildMetadata()
                    .buildSessionFactory();
        } catch (RuntimeException e) {
            StandardServiceRegistryBuilder.destroy(registry);
            throw e;
        }
    }

    /** Hears of the end of a transaction interposed, so that the store can also be used when that end has begun. */
    private static final class ServerPlatform extends JBossAppServerJtaPlatform {

        private static final long serialVersionUID = 1;

        private final transient TransactionSynchronizationRegistry registry;

        ServerPlatform(TransactionSynchronizationRegistry registry) {
            this.registry = registry;
        }

        @Override
        protected JtaSynchronizationStrategy getSynchronizationStrategy() {
            return new SynchronizationRegistryBasedSynchronizationStrategy(() -> registry);
        }
    }
}
