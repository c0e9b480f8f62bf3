// SPDX-License-Identifier: Apache-2.0
/** The benchmarks that need no server: the resource adapter in a JVM of its own. */
@NullMarked
package io.serpentry.benchmarks.outside;

import org.jspecify.annotations.NullMarked;
