// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.Choice;
import io.serpentry.session.StoreStatus;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A store of sessions as the REST interface shows it. A member that is null is left out.
 *
 * @param capabilities ordered by name
 */
@JsonbPropertyOrder({"name", "adapter", "capabilities", "circuit", "circuitSince", "lastFailure", "lastSweep", "swept"})
public record StoreDocument(
        String name,
        String adapter,
        List<String> capabilities,
        String circuit,
        Instant circuitSince,
        @Nullable String lastFailure,
        @Nullable Instant lastSweep,
        long swept)
        implements Answer {

    static StoreDocument of(StoreStatus store) {
        return new StoreDocument(
                store.name(),
                store.adapter(),
                store.capabilities().stream().map(Choice::text).sorted().toList(),
                Choice.text(store.circuit()),
                store.circuitSince(),
                store.lastFailure(),
                store.lastSweep(),
                store.swept());
    }
}
