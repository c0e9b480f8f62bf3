// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.cdi;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/**
 * Lets Python call this method of a CDI bean or session bean while one of the same application's calls runs: {@code
 * serpentry.host.call("claims.lookup", policy="x")}. It runs on the thread that waits for the call, in its transaction and
 * with its caller's rights; interceptors apply.
 *
 * <p>Arguments are named, so the class must be compiled with {@code -parameters}; they and the result are mapped by JSON-B.
 * Two methods of one name in an application keep it from being deployed.
 */
@Documented
@Retention(RUNTIME)
@Target(METHOD)
public @interface PythonCallable {

    /** The name in Python; without it {@code beanClass.method}, the class's simple name with a small first letter. */
    String value() default "";
}
