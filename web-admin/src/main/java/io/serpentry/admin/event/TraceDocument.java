// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import io.serpentry.admin.http.Answer;
import io.serpentry.event.TraceItem;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A step in a session's life as a list shows it. */
@JsonbNillable
@JsonbPropertyOrder({"id", "at", "kind", "what", "by", "data"})
public record TraceDocument(
        String id, String at, String kind, String what, String by, Map<String, @Nullable Object> data)
        implements Answer {

    public static TraceDocument of(TraceItem item) {
        return new TraceDocument(
                item.id(),
                item.at().toString(),
                item.kind().name().toLowerCase(Locale.ROOT),
                item.what(),
                item.by(),
                item.data());
    }
}
