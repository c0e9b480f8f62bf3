// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.cdi;

import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.PythonPools;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** Produces what {@link Pool} qualifies, from the resource adapter's directory of pools. */
@ApplicationScoped
public class PoolProducers {

    private static final String POOLS = "java:/eis/PythonPools";

    @Produces
    @Dependent
    PythonPools pools() {
        try {
            return InitialContext.doLookup(POOLS);
        } catch (NamingException e) {
            throw PythonException.of(ErrorDetail.of(
                            ErrorCode.INTERNAL, "nothing is bound at " + POOLS + "; is the resource adapter deployed?")
                    .cause(e));
        }
    }

    @Produces
    @Dependent
    @Pool
    PythonPool pool(InjectionPoint target) {
        String name = target.getQualifiers().stream()
                .filter(Pool.class::isInstance)
                .map(qualifier -> ((Pool) qualifier).value())
                .findFirst()
                .orElse("default");
        return pools().require(name);
    }

    @Produces
    @Dependent
    @Pool
    PythonConnectionFactory connectionFactory(InjectionPoint target) {
        return pool(target).connectionFactory();
    }
}
