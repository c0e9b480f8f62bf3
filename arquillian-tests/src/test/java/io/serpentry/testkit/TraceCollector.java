// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** Takes what servers trace, by OTLP over HTTP. */
public final class TraceCollector implements AutoCloseable {

    private final HttpServer http;
    private final List<Traced> spans = new CopyOnWriteArrayList<>();

    /** A span that has ended. Ids are hexadecimal, {@code parent} is empty if it has none. */
    public record Traced(
            String name, String trace, String id, String parent, Map<String, String> attributes, boolean failed) {

        static Traced of(Span span) {
            HexFormat hex = HexFormat.of();
            return new Traced(
                    span.getName(),
                    hex.formatHex(span.getTraceId().toByteArray()),
                    hex.formatHex(span.getSpanId().toByteArray()),
                    hex.formatHex(span.getParentSpanId().toByteArray()),
                    span.getAttributesList().stream()
                            .collect(Collectors.toMap(
                                    attribute -> attribute.getKey(),
                                    attribute -> attribute.getValue().getStringValue())),
                    span.getStatus().getCodeValue() == 2);
        }
    }

    private TraceCollector(HttpServer http) {
        this.http = http;
    }

    public static TraceCollector start() throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        TraceCollector collector = new TraceCollector(http);
        http.createContext("/v1/traces", collector::serve);
        http.start();
        return collector;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (InputStream body = exchange.getRequestBody()) {
            boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
            ExportTraceServiceRequest.parseFrom(zipped ? new GZIPInputStream(body) : body)
                    .getResourceSpansList()
                    .forEach(resource -> resource.getScopeSpansList()
                            .forEach(scope -> scope.getSpansList().forEach(span -> spans.add(Traced.of(span)))));
        }
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    /** The variables by which a server sends its spans here, soon after they have ended. */
    public Map<String, String> variables() {
        return Map.of(
                "OTEL_SDK_DISABLED", "false",
                "OTEL_SERVICE_NAME", "serpentry",
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + http.getAddress().getPort(),
                "OTEL_METRICS_EXPORTER", "none",
                "OTEL_LOGS_EXPORTER", "none",
                "OTEL_BSP_SCHEDULE_DELAY", "100");
    }

    /** Those of one trace, in the order in which they came. */
    public List<Traced> of(String trace) {
        return spans.stream().filter(span -> span.trace().equals(trace)).toList();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
