// SPDX-License-Identifier: Apache-2.0
/** The wire protocol: frames and the mapping of application values, free of any I/O. */
@NullMarked
package io.serpentry.connector.internal.wire;

import org.jspecify.annotations.NullMarked;
