// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.migration;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.Choice;
import io.serpentry.placement.MoveReceipt;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What was done with one session. */
@JsonbPropertyOrder({
    "number",
    "session",
    "pool",
    "from",
    "to",
    "state",
    "before",
    "after",
    "coldEntries",
    "at",
    "duration",
    "problem"
})
public record ReceiptDocument(
        int number,
        String session,
        String pool,
        @Nullable String from,
        @Nullable String to,
        String state,
        @Nullable Version before,
        @Nullable Version after,
        int coldEntries,
        @Nullable Instant at,
        @Nullable Duration duration,
        @Nullable String problem)
        implements Answer {

    /** What a session was. */
    @JsonbPropertyOrder({"revision", "digest"})
    public record Version(long revision, String digest) {
        static @Nullable Version of(MoveReceipt.@Nullable Version version) {
            return version == null ? null : new Version(version.revision(), version.digest());
        }
    }

    static ReceiptDocument of(MoveReceipt receipt) {
        return new ReceiptDocument(
                receipt.number(),
                receipt.session(),
                receipt.pool(),
                receipt.from(),
                receipt.to(),
                Choice.text(receipt.state()),
                Version.of(receipt.before()),
                Version.of(receipt.after()),
                receipt.coldEntries(),
                receipt.at(),
                receipt.duration(),
                receipt.problem());
    }
}
