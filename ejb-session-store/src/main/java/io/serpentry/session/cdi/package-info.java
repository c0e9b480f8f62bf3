// SPDX-License-Identifier: Apache-2.0
/** Sessions as CDI beans. */
@NullMarked
package io.serpentry.session.cdi;

import org.jspecify.annotations.NullMarked;
