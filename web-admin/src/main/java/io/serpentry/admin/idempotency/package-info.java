// SPDX-License-Identifier: Apache-2.0
/** The header {@code Idempotency-Key}: a request that is sent again is answered again, and not done again. */
@NullMarked
package io.serpentry.admin.idempotency;

import org.jspecify.annotations.NullMarked;
