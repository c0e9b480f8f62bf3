// SPDX-License-Identifier: Apache-2.0
/**
 * Sessions in a relational database. JPA maps the row of a session and answers the lists; what runs with every call is native
 * SQL on the connection of the entity manager.
 */
@NullMarked
package io.serpentry.session.internal.jpa;

import org.jspecify.annotations.NullMarked;
