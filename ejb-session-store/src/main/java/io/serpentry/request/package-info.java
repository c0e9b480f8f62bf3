// SPDX-License-Identifier: Apache-2.0
/** What is remembered of requests that must not be done twice. */
@NullMarked
package io.serpentry.request;

import org.jspecify.annotations.NullMarked;
