// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What docs/rest.md shows: the commands it says to type, and samples of what they answer. */
public final class RestDocument {

    private static final Path FILE = Path.of(System.getProperty("serpentry.root"), "docs/rest.md");
    private static final Pattern BLOCK =
            Pattern.compile("^```(sh|json)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern CURL = Pattern.compile(
            "^curl -u admin (?:-H 'Content-Type: application/json' \\\\\n"
                    + "  -d '(?<body>[^']*)' \\\\\n  )?'?http://localhost:8080/serpentry(?<path>[^'\n]*)'?$",
            Pattern.MULTILINE);

    private RestDocument() {}

    /** A command: the path behind the context root, and what is posted there, null for a GET. */
    public record Curl(String path, String body) {}

    public static List<Curl> curls() {
        String commands = String.join("", blocks("sh").toList());
        List<Curl> curls = CURL.matcher(commands)
                .results()
                .map(found -> new Curl(found.group(2), found.group(1)))
                .toList();
        assertThat(curls).as("all the commands").hasSize(commands.split("curl ").length - 1);
        return curls;
    }

    /** The one sample that has that member at its top. */
    public static JsonObject sampleWith(String member) {
        List<JsonObject> samples = blocks("json")
                .map(RestDocument::parsed)
                .filter(json -> json.containsKey(member))
                .toList();
        assertThat(samples).as("samples with " + member).hasSize(1);
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
