// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin;

import io.serpentry.admin.http.Answer;
import io.serpentry.connector.FunctionInfo;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered function as the REST interface shows it.
 *
 * @param timeout left out if the function declares none
 */
@JsonbPropertyOrder({"name", "doc", "idempotent", "timeout", "uses", "shared", "returns", "parameters"})
public record FunctionView(
        String name,
        String doc,
        boolean idempotent,
        @Nullable String timeout,
        List<String> uses,
        boolean shared,
        String returns,
        List<Parameter> parameters)
        implements Answer {

    /** A parameter; {@code type} is its type hint as text. */
    @JsonbPropertyOrder({"name", "type", "required"})
    public record Parameter(String name, String type, boolean required) {}

    static FunctionView of(FunctionInfo function) {
        return new FunctionView(
                function.name(),
                function.doc(),
                function.idempotent(),
                function.timeout() == null ? null : function.timeout().toString(),
                function.uses(),
                function.shared(),
                function.returns(),
                function.parameters().stream()
                        .map(parameter -> new Parameter(parameter.name(), parameter.type(), parameter.required()))
                        .toList());
    }
}
