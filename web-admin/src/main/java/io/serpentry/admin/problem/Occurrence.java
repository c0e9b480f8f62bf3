// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.problem;

import io.serpentry.tracing.ServerSpans;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One error that happened: what the client, the log and the traces call it.
 *
 * @param instance a URN that no other error has
 * @param traceId 32 hexadecimal digits: the caller's W3C trace if it sent one, else the server's if it traces, else made
 *     from {@code instance}
 */
public record Occurrence(String instance, String traceId) {

    private static final Pattern TRACE_PARENT =
            Pattern.compile("[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

    /**
     * A new occurrence.
     *
     * @param traceParent the request's header {@code traceparent}; one that is not well formed counts as none
     */
    static Occurrence now(@Nullable String traceParent) {
        UUID id = UUID.randomUUID();
        Matcher matcher = TRACE_PARENT.matcher(traceParent == null ? "" : traceParent);
        String traceId =
                matcher.matches() ? matcher.group(1) : ServerSpans.get().traceId();
        return new Occurrence(
                "urn:uuid:" + id, traceId.isEmpty() ? id.toString().replace("-", "") : traceId);
    }
}
