// SPDX-License-Identifier: Apache-2.0
/** The benchmarks of the session store, against plain JDBC and against Spring Session on the same database. */
@NullMarked
package io.serpentry.benchmarks.sessions;

import org.jspecify.annotations.NullMarked;
