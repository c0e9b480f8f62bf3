// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Answer;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;

/**
 * What a deletion of many sessions has done, or would do.
 *
 * @param more whether more match than one request may delete
 * @param deleted fewer than {@code matched} if some ended by themselves meanwhile; 0 for a dry run
 * @param first the ids of the first, by id
 */
@JsonbPropertyOrder({"matched", "more", "deleted", "first"})
public record BulkDocument(int matched, boolean more, int deleted, List<String> first) implements Answer {

    public BulkDocument {
        first = List.copyOf(first);
    }
}
