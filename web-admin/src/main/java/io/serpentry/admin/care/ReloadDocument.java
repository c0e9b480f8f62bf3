// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.care;

import io.serpentry.admin.http.Answer;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;

/** The workers that a pool replaces now, oldest first. */
@JsonbPropertyOrder({"pool", "replaced"})
public record ReloadDocument(String pool, List<String> replaced) implements Answer {

    public ReloadDocument {
        replaced = List.copyOf(replaced);
    }
}
