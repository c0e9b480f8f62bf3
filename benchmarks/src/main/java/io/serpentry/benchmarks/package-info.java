// SPDX-License-Identifier: Apache-2.0
/** What the benchmarks share: the contestants, the rounds, the floors. It runs outside of a container and in a WAR. */
@NullMarked
package io.serpentry.benchmarks;

import org.jspecify.annotations.NullMarked;
