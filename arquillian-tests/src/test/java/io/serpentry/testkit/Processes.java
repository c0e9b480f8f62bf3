// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The operating system's processes, as /proc shows them. */
public final class Processes {

    private static final long PAGE = 4096;

    private Processes() {}

    /** Whether a process of that id runs; a zombie does not. */
    public static boolean isAlive(long pid) {
        return state(pid) != ' ' && state(pid) != 'Z';
    }

    public static boolean isZombie(long pid) {
        return state(pid) == 'Z';
    }

    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return ' ';
        }
    }

    /** The processes whose environment holds that text, zombies left out. */
    public static List<Long> withEnvironment(String text) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> environment(pid).contains(text))
                .filter(Processes::isAlive)
                .toList();
    }

    /** Resident memory in bytes; 0 if there is no such process. */
    public static long residentBytes(long pid) {
        try {
            String[] pages =
                    Files.readString(Path.of("/proc/" + pid + "/statm")).split(" ");
            return Long.parseLong(pages[1]) * PAGE;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String environment(long pid) {
        try {
            return new String(Files.readAllBytes(Path.of("/proc/" + pid + "/environ")), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Sends a signal by its name, {@code KILL} or {@code STOP}. */
    public static void signal(String name, long pid) {
        if (!trySignal(name, pid)) {
            throw new AssertionError("kill -" + name + " " + pid + " failed");
        }
    }

    /** As {@link #signal}; false if there is no such process, or no more. */
    public static boolean trySignal(String name, long pid) {
        try {
            return new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                            .redirectErrorStream(true)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
