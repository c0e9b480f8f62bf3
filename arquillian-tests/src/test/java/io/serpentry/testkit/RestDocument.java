// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What docs/rest.md shows: the commands it says to type, and samples of what they answer. */
public final class RestDocument {

    private static final Path FILE = Path.of(System.getProperty("serpentry.root"), "docs/rest.md");
    private static final Pattern BLOCK =
            Pattern.compile("^```(sh|json)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern CURL = Pattern.compile(
            "^curl -u admin(?: -N --max-time [0-9]+)?(?: -X (?<method>[A-Z]+))?(?<headers>(?: -H '[^']+')*)(?: -T (?<upload>\\S+))?"
                    + "(?: -o (?<output>\\S+))?(?: \\\\\n"
                    + "  -d '(?<body>[^']*)' \\\\\n )? '?http://localhost:8080/serpentry(?<path>[^'\n]*)'?$",
            Pattern.MULTILINE);
    private static final Pattern HEADER = Pattern.compile(" -H '([^:']+): ([^']*)'");

    private static final String WORKER = "default-1";

    private RestDocument() {}

    /**
     * A command.
     *
     * @param headers as curl has them, {@code  -H 'name: value'} for each
     * @param path behind the context root
     * @param body null for none
     * @param upload the file that is its body; null for none
     * @param output the file that its answer is written to; null for none
     */
    public record Curl(String method, String headers, String path, String body, String upload, String output) {

        private static Curl of(Matcher command) {
            String body = command.group("body");
            String method = command.group("method");
            return new Curl(
                    method != null ? method : body == null ? "GET" : "POST",
                    command.group("headers"),
                    command.group("path"),
                    body,
                    command.group("upload"),
                    command.group("output"));
        }

        /** The same about that worker, if it is about the first one of the examples. */
        public Curl about(String worker) {
            String itsBody = body == null ? null : body.replace(WORKER, worker);
            return new Curl(method, headers, path.replace(WORKER, worker), itsBody, upload, output);
        }

        /** The same about another thing than that of the example. */
        public Curl about(String documented, String actual) {
            return new Curl(method, headers, path.replace(documented, actual), body, upload, output);
        }

        /** Whether its answer goes on until somebody hangs up. */
        public boolean isStream() {
            return headers.contains("text/event-stream");
        }

        /**
         * Does what curl would do.
         *
         * @param files by their names; read and written
         */
        public RestAnswer sentBy(RestUser user, Map<String, String> files) {
            RestUser sender = user;
            for (MatchResult header : HEADER.matcher(headers).results().toList()) {
                sender = sender.with(header.group(1), header.group(2));
            }
            String content = upload == null ? body : files.get(upload);
            RestAnswer answer = sender.send(
                    method, path, content == null ? BodyPublishers.noBody() : BodyPublishers.ofString(content));
            if (output != null) {
                files.put(output, answer.body());
            }
            return answer;
        }
    }

    public static List<Curl> curls() {
        String commands = String.join("", blocks("sh").toList());
        List<Curl> curls = new ArrayList<>();
        Matcher found = CURL.matcher(commands);
        while (found.find()) {
            curls.add(Curl.of(found));
        }
        assertThat(curls).as("all the commands").hasSize(commands.split("curl ").length - 1);
        return curls;
    }

    /** The one sample that has those members at its top. */
    public static JsonObject sampleWith(String... members) {
        List<JsonObject> samples = blocks("json")
                .map(RestDocument::parsed)
                .filter(json -> json.keySet().containsAll(List.of(members)))
                .toList();
        assertThat(samples).as("samples with " + List.of(members)).hasSize(1);
        return samples.get(0);
    }

    private static Stream<String> blocks(String language) {
        try {
            return BLOCK.matcher(Files.readString(FILE))
                    .results()
                    .filter(block -> block.group(1).equals(language))
                    .map(block -> block.group(2));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonObject parsed(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }
}
