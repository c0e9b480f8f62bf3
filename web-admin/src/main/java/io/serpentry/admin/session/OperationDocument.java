// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Answer;
import io.serpentry.session.KeptHook;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;

/**
 * What was to be done after a commit.
 *
 * @param session in which the call was made that wanted it
 * @param by whoever made that call
 * @param server the node on which it was to be done
 */
@JsonbPropertyOrder({"id", "session", "description", "at", "by", "server"})
public record OperationDocument(String id, String session, String description, Instant at, String by, String server)
        implements Answer {

    static OperationDocument of(KeptHook hook) {
        return new OperationDocument(
                hook.id(), hook.session(), hook.description(), hook.at(), hook.by(), hook.server());
    }
}
