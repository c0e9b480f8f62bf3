// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import io.serpentry.admin.http.Answer;
import io.serpentry.event.ServerEvent;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event as a list and a stream show it. */
@JsonbNillable
@JsonbPropertyOrder({"id", "at", "node", "type", "data"})
public record EventDocument(long id, String at, String node, String type, Map<String, @Nullable Object> data)
        implements Answer {

    public static EventDocument of(ServerEvent event) {
        return new EventDocument(event.id(), event.at().toString(), event.node(), event.type(), event.data());
    }
}
