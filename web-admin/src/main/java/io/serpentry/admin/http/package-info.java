// SPDX-License-Identifier: Apache-2.0
/**
 * What every endpoint shares: how requests are read and answers written, lists are cut into pages, and browsers are kept in
 * their place.
 */
@NullMarked
package io.serpentry.admin.http;

import org.jspecify.annotations.NullMarked;
