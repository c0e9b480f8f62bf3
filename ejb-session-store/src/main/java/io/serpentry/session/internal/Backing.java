// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal;

import static java.lang.annotation.RetentionPolicy.RUNTIME;

import jakarta.inject.Qualifier;
import java.lang.annotation.Retention;

/** The beans behind what applications inject, which is produced from JNDI so that it is the same inside and outside of the EAR. */
@Qualifier
@Retention(RUNTIME)
public @interface Backing {}
