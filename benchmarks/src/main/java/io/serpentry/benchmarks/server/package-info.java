// SPDX-License-Identifier: Apache-2.0
/** The benchmarks that run in a server, asked for by HTTP. */
@NullMarked
package io.serpentry.benchmarks.server;

import org.jspecify.annotations.NullMarked;
