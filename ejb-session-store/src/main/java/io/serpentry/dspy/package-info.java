// SPDX-License-Identifier: Apache-2.0
/** Programs of language models, written with DSPy, that live in sessions. */
@NullMarked
package io.serpentry.dspy;

import org.jspecify.annotations.NullMarked;
