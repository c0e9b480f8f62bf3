// SPDX-License-Identifier: Apache-2.0
/** Python processes: the zygote that starts them, the channels to them, their deadlines and ends. Knows nothing of JCA. */
@NullMarked
package io.serpentry.connector.internal.worker;

import org.jspecify.annotations.NullMarked;
