// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.http;

import io.serpentry.admin.problem.Refusal;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Refuses media types whose weight is no number: RESTEasy takes them for a fault of its own. */
@Provider
@PreMatching
public class QualityFilter implements ContainerRequestFilter {

    private static final Pattern WEIGHT = Pattern.compile(";\\s*[qQ]\\s*=\\s*(?<number>[^;,]*)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}(\\.[0-9]{0,9})?\\s*");

    @Override
    public void filter(ContainerRequestContext request) {
        for (String header : List.of(HttpHeaders.ACCEPT, HttpHeaders.CONTENT_TYPE)) {
            for (String value : request.getHeaders().getOrDefault(header, List.of())) {
                requireNumbers(header, value);
            }
        }
    }

    static void requireNumbers(String header, String value) {
        Matcher weight = WEIGHT.matcher(value);
        while (weight.find()) {
            if (!NUMBER.matcher(weight.group("number")).matches()) {
                throw Refusal.field(header, "the header " + header + " has a media type whose q is no number");
            }
        }
    }
}
