// SPDX-License-Identifier: Apache-2.0
/** Calls of Python in a session, on the thread and with the class loader of the application. For Serpentry's own modules. */
@NullMarked
package io.serpentry.session.execution;

import org.jspecify.annotations.NullMarked;
