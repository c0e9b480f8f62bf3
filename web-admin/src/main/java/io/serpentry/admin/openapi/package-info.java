// SPDX-License-Identifier: Apache-2.0
/** The description of the REST interface, which the build makes. */
@NullMarked
package io.serpentry.admin.openapi;

import org.jspecify.annotations.NullMarked;
