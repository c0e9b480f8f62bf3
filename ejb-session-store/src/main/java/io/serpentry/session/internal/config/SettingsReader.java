// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/** Reads settings and collects what is wrong with them, so that all of it can be said at once. */
final class SettingsReader {

    private static final String DEFAULT = "default";

    private final Config config;
    private final List<String> problems = new ArrayList<>();
    private final SortedMap<String, Setting> effective = new TreeMap<>();

    SettingsReader(Config config) {
        this.config = config;
    }

    Duration duration(String key, Duration standard, Duration least, Duration most) {
        return read(key, standard, text -> parsed(text, least, most), least + " to " + most + " (ISO 8601, as PT30S)");
    }

    /** Null if it is not set. */
    @Nullable
    Duration durationOrNull(String key, Duration least, Duration most) {
        ConfigValue value = config.getConfigValue(key);
        if (value.getValue() == null) {
            effective.put(key, new Setting(key, "", DEFAULT));
            return null;
        }
        return duration(key, least, least, most);
    }

    long number(String key, long standard, long least, long most) {
        Function<String, Long> parser = text -> {
            long number = Long.parseLong(text.strip());
            return number < least || number > most ? null : number;
        };
        return read(key, standard, parser, least + " to " + most);
    }

    double decimal(String key, double standard, double least, double most) {
        Function<String, @Nullable Double> parser = text -> {
            double number = Double.parseDouble(text.strip());
            return number >= least && number <= most ? number : null;
        };
        return read(key, standard, parser, least + " to " + most);
    }

    boolean flag(String key, boolean standard) {
        Function<String, @Nullable Boolean> parser =
                text -> switch (text.strip().toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> null;
                };
        return read(key, standard, parser, "true or false");
    }

    /** Null if it is not set. */
    @Nullable
    URI httpAddressOrNull(String key) {
        if (config.getConfigValue(key).getValue() == null) {
            effective.put(key, new Setting(key, "", DEFAULT));
            return null;
        }
        return read(key, URI.create("http://localhost"), SettingsReader::httpAddress, "an address with http or https");
    }

    private static @Nullable URI httpAddress(String text) {
        try {
            URI address = new URI(text.strip());
            boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            return http && address.getHost() != null ? address : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    String headerName(String key, String standard) {
        return read(
                key,
                standard,
                text -> text.strip().matches("[A-Za-z0-9-]{1,100}") ? text.strip() : null,
                "letters, digits and -");
    }

    /** Empty if it is not set. Its value is shown nowhere. */
    String secret(String key) {
        ConfigValue value = config.getConfigValue(key);
        String text = value.getValue();
        effective.put(key, new Setting(key, text == null ? "" : "***", text == null ? DEFAULT : value.getSourceName()));
        if (text == null) {
            return "";
        }
        require(
                text.chars().allMatch(c -> c >= ' ' && c < 127),
                key + " (from " + value.getSourceName() + ") must be printable ASCII");
        return text;
    }

    <E extends Enum<E>> E choice(String key, E standard) {
        E[] constants = standard.getDeclaringClass().getEnumConstants();
        String names = Arrays.stream(constants)
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        return read(key, standard, text -> chosen(constants, text), "one of " + names);
    }

    String text(String key, String standard) {
        return read(key, standard, text -> text.isBlank() ? null : text.strip(), "not empty");
    }

    private static <E extends Enum<E>> @Nullable E chosen(E[] constants, String text) {
        return Arrays.stream(constants)
                .filter(constant -> constant.name().equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Duration parsed(String text, Duration least, Duration most) {
        Duration duration = Duration.parse(text.strip());
        return duration.compareTo(least) < 0 || duration.compareTo(most) > 0 ? null : duration;
    }

    private <T> T read(String key, T standard, Function<String, @Nullable T> parser, String range) {
        ConfigValue value = config.getConfigValue(key);
        String text = value.getValue();
        if (text == null) {
            effective.put(key, new Setting(key, String.valueOf(standard), DEFAULT));
            return standard;
        }
        effective.put(key, new Setting(key, text, String.valueOf(value.getSourceName())));
        T parsed = tryParse(parser, text);
        if (parsed == null) {
            problems.add(key + " = \"" + text + "\" (from " + value.getSourceName() + ") must be " + range);
            return standard;
        }
        return parsed;
    }

    private static <T> @Nullable T tryParse(Function<String, @Nullable T> parser, String text) {
        try {
            return parser.apply(text);
        } catch (DateTimeParseException | NumberFormatException | ArithmeticException e) {
            return null;
        }
    }

    /** Adds a problem of several settings together. */
    void require(boolean condition, String problem) {
        if (!condition) {
            problems.add(problem);
        }
    }

    /** Refuses keys that begin with the prefix and were not read: most likely misspelt. */
    void requireKnown(String prefix) {
        for (String name : config.getPropertyNames()) {
            if (name.startsWith(prefix) && !isRead(name)) {
                problems.add(name + " (from " + config.getConfigValue(name).getSourceName()
                        + ") is no setting; there are: " + String.join(", ", effective.keySet()));
            }
        }
    }

    /** Variables of the environment are listed in lower case, whatever the case of the key that they were read by. */
    private boolean isRead(String name) {
        return effective.values().stream()
                .anyMatch(setting -> setting.key().equals(name)
                        || (setting.key().equalsIgnoreCase(name)
                                && !setting.source().equals(DEFAULT)));
    }

    SortedMap<String, Setting> effective() {
        return effective;
    }

    /**
     * Does nothing if all settings are right.
     *
     * @throws InvalidSettingsException otherwise; it names each key, its value, range and source
     */
    void requireNoProblem() {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
    }
}
