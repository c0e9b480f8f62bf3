// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The database that is to hold the sessions: looked at once when the application starts, so that the log says which it is. */
@Singleton
@Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
public class SessionDatabase {

    @Resource(lookup = "java:jboss/datasources/SerpentryDS")
    DataSource source;

    @PostConstruct
    void look() {
        try (Connection connection = source.getConnection()) {
            DatabaseMetaData database = connection.getMetaData();
            SessionLog.LOG.database(database.getDatabaseProductName(), database.getDatabaseProductVersion());
        } catch (SQLException e) {
            SessionLog.LOG.databaseUnreachable(e);
        }
    }
}
