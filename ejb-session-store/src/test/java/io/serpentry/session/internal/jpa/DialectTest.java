// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Which databases sessions can be kept in. */
class DialectTest {

    private static Connection to(String product, int major) {
        DatabaseMetaData database = proxy(DatabaseMetaData.class, name -> switch (name) {
            case "getDatabaseProductName" -> product;
            case "getDatabaseMajorVersion" -> major;
            default -> major + ".3";
        });
        return proxy(Connection.class, name -> database);
    }

    @FunctionalInterface
    private interface Answers {
        Object to(String method);
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> answers.to(method.getName())));
    }

    @Test
    void aPostgresThatIsTooOldMustBeRefusedWithItsVersion() {
        assertThatThrownBy(() -> Dialect.of(to("PostgreSQL", 14)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("15 or newer", "14.3", "serpentry.store.datasource");
    }

    @Test
    void anotherProductMustBeRefusedWithItsName() {
        assertThatThrownBy(() -> Dialect.of(to("Oracle", 23)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Oracle");
    }

    @Test
    void whatIsNewEnoughMustBeKnown() throws SQLException {
        assertThat(Dialect.of(to("PostgreSQL", 15))).isEqualTo(Dialect.POSTGRESQL);
        assertThat(Dialect.of(to("H2", 2))).isEqualTo(Dialect.H2);
    }
}
