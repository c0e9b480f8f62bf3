// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Reads what a zygote's own process writes (an interpreter that can not start says so there), logs it and keeps the end. */
final class OutputTail implements Runnable {

    private static final int KEPT = 8 * 1024;

    private final String source;
    private final InputStream stream;
    private final StringBuilder tail = new StringBuilder();

    OutputTail(String source, InputStream stream) {
        this.source = source;
        this.stream = stream;
    }

    @Override
    public void run() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(line);
                WorkerLog.OUTPUT.infof("[%s] %s", source, line);
            }
        } catch (IOException e) {
            WorkerLog.LOG.debug("the output of " + source + " has ended", e);
        }
    }

    private synchronized void keep(String line) {
        tail.append(line).append('\n');
        if (tail.length() > KEPT) {
            tail.delete(0, tail.length() - KEPT);
        }
    }

    /** At most the last 8 KiB. */
    synchronized String text() {
        return tail.toString();
    }
}
