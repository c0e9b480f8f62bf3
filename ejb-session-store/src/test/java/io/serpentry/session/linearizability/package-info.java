// SPDX-License-Identifier: Apache-2.0
/** What several threads did with an entry at once, and whether one after the other could have done the same. */
@NullMarked
package io.serpentry.session.linearizability;

import org.jspecify.annotations.NullMarked;
