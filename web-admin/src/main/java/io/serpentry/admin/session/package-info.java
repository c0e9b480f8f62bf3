// SPDX-License-Identifier: Apache-2.0
/** {@code /sessions} and {@code /stores}: the sessions of all owners, and how what keeps them is doing. */
@NullMarked
package io.serpentry.admin.session;

import org.jspecify.annotations.NullMarked;
