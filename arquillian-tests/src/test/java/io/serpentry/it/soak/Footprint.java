// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this server has of the operating system at a moment when nothing is under way: open descriptors by kind, threads in
 * code of Serpentry by what they run, files in the adapter's directory by
 * name, without the Python package. Numbers in names are left out, so that two
 * footprints of the same state are equal.
 */
public record Footprint(
        Map<String, Long> descriptors, Map<String, Long> threads, Map<String, Long> files, long threadsInAll) {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** @param adapter the adapter's own directory */
    public static Footprint taken(Path adapter) {
        return new Footprint(
                counted(links(DESCRIPTORS).map(target -> kind(target, adapter)).flatMap(Optional::stream)),
                counted(Thread.getAllStackTraces().values().stream()
                        .map(Footprint::outermostOfOurs)
                        .flatMap(Optional::stream)),
                counted(filesIn(adapter)),
                Thread.getAllStackTraces().size());
    }

    /** Whether it shows the same, but for idle threads of the container. */
    public boolean isLike(Footprint before) {
        return descriptors.equals(before.descriptors) && threads.equals(before.threads) && files.equals(before.files);
    }

    private static Map<String, Long> counted(Stream<String> names) {
        return names.map(name -> name.replaceAll("\\d+", "N"))
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    }

    private static Stream<String> links(Path directory) {
        try (Stream<Path> links = Files.list(directory)) {
            return links.map(Footprint::target).flatMap(Optional::stream).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty for the descriptor that the listing itself has, which is closed by then. */
    private static Optional<String> target(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Other files are archives of classes, which are opened when first needed, and the server's own. */
    private static Optional<String> kind(String target, Path adapter) {
        if (target.startsWith(adapter.toString())) {
            return Optional.of("a file of the adapter");
        }
        return target.startsWith("/") ? Optional.empty() : Optional.of(target.replaceAll(":\\[\\d+\\]", ""));
    }

    /** Which method of Serpentry a thread runs that was entered first; empty for a thread that is not in our code. */
    private static Optional<String> outermostOfOurs(StackTraceElement[] stack) {
        List<String> ours = Arrays.stream(stack)
                .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                .filter(frame -> frame.startsWith("io.serpentry.") && !frame.startsWith("io.serpentry.it."))
                .toList();
        return ours.isEmpty() ? Optional.empty() : Optional.of(ours.get(ours.size() - 1));
    }

    private static Stream<String> filesIn(Path adapter) {
        try (Stream<Path> files = Files.walk(adapter)) {
            return files
                    .map(file -> adapter.relativize(file).toString())
                    .filter(file -> !file.startsWith("python"))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
