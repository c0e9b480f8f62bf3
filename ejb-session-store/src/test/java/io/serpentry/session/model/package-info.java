// SPDX-License-Identifier: Apache-2.0
/**
 * Random operations, times and crashes, played on a store and on a model of it that is written as plainly as can be: both must
 * give the same answers.
 */
@NullMarked
package io.serpentry.session.model;

import org.jspecify.annotations.NullMarked;
