// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.idempotency;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Requests that this method serves may have an {@code Idempotency-Key}; others that change something are refused with one. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface TakesIdempotencyKey {}
