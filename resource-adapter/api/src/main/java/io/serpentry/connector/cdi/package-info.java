// SPDX-License-Identifier: Apache-2.0
/** Makes the pools injectable in every application that sees this library. */
@NullMarked
package io.serpentry.connector.cdi;

import org.jspecify.annotations.NullMarked;
