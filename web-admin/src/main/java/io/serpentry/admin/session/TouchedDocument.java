// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.session;

import io.serpentry.admin.http.Answer;
import io.serpentry.admin.http.Choice;
import io.serpentry.session.Touched;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;

/** What a touch has done, and when the session expires now. */
@JsonbPropertyOrder({"outcome", "expiresAt"})
public record TouchedDocument(String outcome, Instant expiresAt) implements Answer {

    static TouchedDocument of(Touched touched) {
        return new TouchedDocument(Choice.text(touched.outcome()), touched.expiresAt());
    }
}
