// SPDX-License-Identifier: Apache-2.0
/** {@code /config}: the settings that are in effect. */
@NullMarked
package io.serpentry.admin.config;

import org.jspecify.annotations.NullMarked;
