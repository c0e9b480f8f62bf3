// SPDX-License-Identifier: Apache-2.0
/** The resource adapter as the container sees it: managed connections, their factory, transactions, handles. */
@NullMarked
package io.serpentry.connector.internal.jca;

import org.jspecify.annotations.NullMarked;
