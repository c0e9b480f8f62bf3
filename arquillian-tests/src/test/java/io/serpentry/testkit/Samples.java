// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of {@code GET /metrics}, read. */
public final class Samples {

    private static final Pattern LINE = Pattern.compile("^([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)$", Pattern.MULTILINE);
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** One line: {@code name{label="value",} 1.0}. */
    public record Sample(String name, Map<String, String> labels, double value) {}

    private final List<Sample> all;

    private Samples(List<Sample> all) {
        this.all = List.copyOf(all);
    }

    public static Samples of(String text) {
        List<Sample> samples = new ArrayList<>();
        Matcher line = LINE.matcher(text);
        while (line.find()) {
            Map<String, String> labels = new HashMap<>();
            if (line.group(2) != null) {
                LABEL.matcher(line.group(2)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
            }
            samples.add(new Sample(line.group(1), Map.copyOf(labels), Double.parseDouble(line.group(3))));
        }
        return new Samples(samples);
    }

    /** What that server shows at this moment. */
    public static Samples of(RunningServer server) {
        return of(RestUser.admin(server).get("/api/v1/metrics").body());
    }

    public List<Sample> all() {
        return all;
    }

    /** The sum of all samples of that name with those labels, as "pool", "default"; 0 if there is none. */
    public double sum(String name, String... labels) {
        return all.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> has(sample, labels))
                .mapToDouble(Sample::value)
                .sum();
    }

    private static boolean has(Sample sample, String... labels) {
        for (int i = 0; i < labels.length; i += 2) {
            if (!labels[i + 1].equals(sample.labels().get(labels[i]))) {
                return false;
            }
        }
        return true;
    }
}
