// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.cdi;

import static java.lang.annotation.ElementType.FIELD;
import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.ElementType.PARAMETER;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.enterprise.util.Nonbinding;
import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Chooses a pool by its name: {@code @Inject @Pool("models") PythonConnectionFactory python;} or, to look at it,
 * {@code @Inject @Pool PythonPool pool;}. Using an injected object of a pool that does not exist fails when it is injected,
 * with the names of those that do.
 */
@Qualifier
@Retention(RUNTIME)
@Target({FIELD, METHOD, PARAMETER})
public @interface Pool {
    @Nonbinding
    String value() default "default";
}
