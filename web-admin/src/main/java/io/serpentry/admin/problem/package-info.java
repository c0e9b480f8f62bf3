// SPDX-License-Identifier: Apache-2.0
/** Errors as {@code application/problem+json}, whoever raised them: Python, a resource, JAX-RS, or the container. */
@NullMarked
package io.serpentry.admin.problem;

import org.jspecify.annotations.NullMarked;
