// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.mask;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.serpentry.admin.http.JsonText;
import io.serpentry.admin.http.StrictJson;
import io.serpentry.connector.InvalidArgumentException;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Hides what has the name of a secret. Names are compared without regard to case; in a pattern {@code *} stands for any characters.
 * Immutable.
 */
public final class Mask {

    /** What is shown instead. */
    public static final String SHOWN = "***";

    private static final JsonBuilderFactory BUILDERS = Json.createBuilderFactory(Map.of());
    private static final JsonString HIDDEN = Json.createValue(SHOWN);

    /** Members of a URL or of a list of settings, such as {@code password=x} in a database's URL. */
    private static final Pattern ASSIGNMENT = Pattern.compile("(?<name>[A-Za-z0-9_.-]+)=(?<value>[^&;,\\s]+)");

    private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]*:[^/@\\s]*(?=@)");

    private final List<Pattern> names;

    private Mask(List<Pattern> names) {
        this.names = List.copyOf(names);
    }

    /** @param patterns separated by commas */
    public static Mask of(String patterns) {
        return new Mask(Arrays.stream(patterns.split(","))
                .map(String::strip)
                .filter(pattern -> !pattern.isEmpty())
                .map(Mask::pattern)
                .toList());
    }

    private static Pattern pattern(String glob) {
        String regex = Arrays.stream(glob.toLowerCase(Locale.ROOT).split("\\*", -1))
                .map(Pattern::quote)
                .reduce((before, after) -> before + ".*" + after)
                .orElseThrow();
        return Pattern.compile(regex, Pattern.DOTALL);
    }

    /** Whether that is the name of a secret. */
    public boolean hides(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return names.stream().anyMatch(pattern -> pattern.matcher(lower).matches());
    }

    /** The value of a setting as it may be shown. */
    public String setting(String key, String value) {
        if (hides(key)) {
            return SHOWN;
        }
        String shown = USER_INFO.matcher(value).replaceAll(SHOWN);
        return ASSIGNMENT.matcher(shown).replaceAll(found -> hides(found.group(1)) ? found.group(1) + "=***" : "$0");
    }

    /**
     * The content of an entry as it may be shown; empty if all of it may be. Of JSON that can not be read nothing is shown, since nobody
     * knows what is in it.
     */
    public Optional<byte[]> content(String name, String mediaType, byte[] content) {
        boolean json = mediaType.matches("(?i)application/(json|[^;]*\\+json)(;.*)?");
        if (hides(name)) {
            return Optional.of(json ? JsonText.of(HIDDEN) : SHOWN.getBytes(UTF_8));
        }
        return json ? json(content) : Optional.empty();
    }

    private Optional<byte[]> json(byte[] content) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            JsonValue whole = StrictJson.read(text);
            JsonValue shown = value(whole);
            return shown.equals(whole) ? Optional.empty() : Optional.of(JsonText.of(shown));
        } catch (CharacterCodingException | InvalidArgumentException e) {
            return Optional.of(JsonText.of(HIDDEN));
        }
    }

    private JsonValue value(JsonValue value) {
        if (value instanceof JsonObject object) {
            JsonObjectBuilder shown = BUILDERS.createObjectBuilder();
            object.forEach((name, member) -> shown.add(name, hides(name) ? HIDDEN : value(member)));
            return shown.build();
        }
        if (value instanceof JsonArray array) {
            JsonArrayBuilder shown = BUILDERS.createArrayBuilder();
            array.forEach(item -> shown.add(value(item)));
            return shown.build();
        }
        return value;
    }
}
