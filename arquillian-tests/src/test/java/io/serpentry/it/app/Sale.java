// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.app;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** A row of an application. */
@Entity
public class Sale {

    @Id
    String id;

    protected Sale() {}

    Sale(String id) {
        this.id = id;
    }
}
