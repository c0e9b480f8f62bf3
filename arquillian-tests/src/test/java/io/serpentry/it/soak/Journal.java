// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The file in which the hooks of one transaction note themselves. */
public final class Journal {

    /** A worker that is lost has taken its hooks with it, so any of the later ones may be missing. */
    private static final List<List<String>> COMMITTED = List.of(List.of("prepare", "commit"), List.of("prepare"));

    private static final List<List<String>> ROLLED_BACK =
            List.of(List.of(), List.of("prepare"), List.of("rollback"), List.of("prepare", "rollback"));

    private final Path file;

    Journal(Path file) {
        this.file = file;
    }

    @Override
    public String toString() {
        return file.toString();
    }

    /** Takes the file away and gives what is wrong with it: each hook at most once, in order, and none of the other outcome. */
    String fault(boolean committed) {
        try {
            List<String> noted = Files.exists(file) ? Files.readAllLines(file) : List.of();
            boolean unused = Files.deleteIfExists(file);
            return (committed ? COMMITTED : ROLLED_BACK).contains(noted)
                    ? ""
                    : "hooks " + noted + ", committed " + committed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
