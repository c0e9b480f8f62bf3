// SPDX-License-Identifier: Apache-2.0
/**
 * What an application touches to call Python: {@link io.serpentry.connector.PythonConnectionFactory} gives connections,
 * {@link io.serpentry.connector.PythonConnection} calls functions, {@link io.serpentry.connector.PythonException} and its
 * subclasses tell what went wrong, {@link io.serpentry.connector.PythonPools} shows the pools.
 */
@NullMarked
package io.serpentry.connector;

import org.jspecify.annotations.NullMarked;
