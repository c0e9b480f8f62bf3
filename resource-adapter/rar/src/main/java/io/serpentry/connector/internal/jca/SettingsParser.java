// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.jca;

import io.serpentry.connector.internal.worker.PoolSettings;
import jakarta.resource.ResourceException;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a pool's config properties; each that is wrong is refused by name, value and allowed range. */
final class SettingsParser {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern MODULE = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*(\\.[\\p{L}_][\\p{L}\\p{N}_]*)*");
    private static final Pattern UNESCAPED_COMMA = Pattern.compile("(?<!\\\\),");
    private static final Duration LONGEST = Duration.ofDays(24);

    private final PoolProperties properties;

    private SettingsParser(PoolProperties properties) {
        this.properties = properties;
    }

    /** @throws ResourceException if a property has no sense; the message names it, its value and its range */
    static PoolSettings parse(PoolProperties properties) throws ResourceException {
        return new SettingsParser(properties).parse();
    }

    private PoolSettings parse() throws ResourceException {
        return new PoolSettings(
                matching("name", properties.getName(), NAME, "1 to 64 letters, digits, '-' and '_'"),
                python(),
                modulePath(),
                modules("modules", properties.getModules()),
                modules("preload", properties.getPreload()),
                environment(),
                (int) ranged("threadsPerWorker", properties.getThreadsPerWorker(), 1, 64),
                duration("startTimeout", properties.getStartTimeout()),
                duration("callTimeout", properties.getCallTimeout()),
                duration("cancelGrace", properties.getCancelGrace()),
                duration("killGrace", properties.getKillGrace()),
                duration("drainTimeout", properties.getDrainTimeout()),
                (int) ranged("spareWorkers", properties.getSpareWorkers(), 0, 64),
                ranged("maxCalls", properties.getMaxCalls(), 0, Long.MAX_VALUE),
                optionalDuration("maxAge", properties.getMaxAge()),
                ranged("maxMemory", properties.getMaxMemory(), 0, Long.MAX_VALUE),
                (int) ranged("maxMessageSize", properties.getMaxMessageSize(), 1024, 1 << 30),
                startMethod());
    }

    private String python() throws ResourceException {
        if (properties.getPython().isBlank()) {
            throw invalid("python", properties.getPython(), "the name or path of an interpreter");
        }
        return properties.getPython().strip();
    }

    private List<Path> modulePath() throws ResourceException {
        try {
            return split(properties.getModulePath(), Pattern.compile(Pattern.quote(File.pathSeparator))).stream()
                    .map(Path::of)
                    .toList();
        } catch (InvalidPathException e) {
            throw invalid("modulePath", properties.getModulePath(), "directories separated by " + File.pathSeparator);
        }
    }

    private static List<String> modules(String property, String value) throws ResourceException {
        List<String> modules = split(value, Pattern.compile(","));
        for (String module : modules) {
            matching(property, module, MODULE, "names of Python modules separated by commas");
        }
        return modules;
    }

    private Map<String, String> environment() throws ResourceException {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String pair : split(properties.getEnvironment(), UNESCAPED_COMMA)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw invalid("environment", pair.substring(0, Math.min(pair.length(), 40)), "NAME=value,NAME=value");
            }
            environment.put(
                    pair.substring(0, equals), pair.substring(equals + 1).replace("\\,", ","));
        }
        return environment;
    }

    private PoolSettings.StartMethod startMethod() throws ResourceException {
        return switch (properties.getStart().strip().toLowerCase(Locale.ROOT)) {
            case "fork" -> PoolSettings.StartMethod.FORK;
            case "spawn" -> PoolSettings.StartMethod.SPAWN;
            default -> throw invalid("start", properties.getStart(), "fork or spawn");
        };
    }

    private static List<String> split(String value, Pattern separator) {
        return Arrays.stream(separator.split(value))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static String matching(String property, String value, Pattern pattern, String allowed)
            throws ResourceException {
        if (!pattern.matcher(value).matches()) {
            throw invalid(property, value, allowed);
        }
        return value;
    }

    private static long ranged(String property, Number value, long from, long to) throws ResourceException {
        if (value.longValue() < from || value.longValue() > to) {
            throw invalid(property, value.toString(), from + " to " + to);
        }
        return value.longValue();
    }

    private static @Nullable Duration optionalDuration(String property, String value) throws ResourceException {
        return value.isBlank() ? null : duration(property, value);
    }

    private static Duration duration(String property, String value) throws ResourceException {
        String allowed = "an ISO 8601 duration from PT0.001S to P24D, for example PT30S";
        try {
            Duration duration = Duration.parse(value.strip());
            if (duration.toMillis() < 1 || duration.compareTo(LONGEST) > 0) {
                throw invalid(property, value, allowed);
            }
            return duration;
        } catch (DateTimeParseException | ArithmeticException e) {
            throw invalid(property, value, allowed);
        }
    }

    private static ResourceException invalid(String property, String value, String allowed) {
        return new ResourceException("config property " + property + " is '" + value + "', allowed is: " + allowed);
    }
}
