// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session;

/** How a list of sessions is sorted. Ties are broken by id, so that the order is total and pages never overlap. */
public enum SessionOrder {
    CREATED_ASCENDING,
    CREATED_DESCENDING,
    ID_ASCENDING,
    ID_DESCENDING
}
