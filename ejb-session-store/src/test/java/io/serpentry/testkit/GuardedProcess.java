// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A process that can not outlive this JVM, however that ends. Linux only; any thread may call it.
 *
 * <pre>
 *  JVM ──starts──▶ sh ──▶ the process    sh ends as soon as the process has ended
 *   └─────pipe────▶ └───▶ a watcher      reads the pipe to its end, which is the JVM's; then sh sends
 *                                        SIGQUIT, and 10 s later the watcher SIGKILL
 * </pre>
 *
 * <p>The shell is the parent of the process, so an id that it signals can not have passed on to another process. Both are in a
 * session of their own: what is sent to the JVM's process group, as by Ctrl-C, does not reach them.
 */
final class GuardedProcess {

    /** {@code $1} gets the output, {@code $2} is removed when the JVM has died and may be empty; the rest is the command. */
    private static final String GUARD = """
            output=$1 remove=$2 orphaned=
            shift 2
            exec 3<&0 </dev/null
            "$@" >>"$output" 2>&1 3<&- &
            process=$!
            trap 'orphaned=yes; kill -QUIT "$process"' TERM
            (
                trap '' TERM
                while read -r ignored <&3; do :; done
                kill -TERM $$
                for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1; done
                kill -KILL "$process"
            ) >/dev/null 2>&1 &
            watcher=$!
            echo "$process"
            exec 3<&- >/dev/null 2>&1
            wait "$process"
            status=$?
            # Above 128 it was perhaps only the trap that ended the waiting.
            while [ "$status" -gt 128 ] && kill -0 "$process"; do
                wait "$process"
                status=$?
            done
            kill -KILL "$watcher"
            [ -z "$orphaned" ] || [ -z "$remove" ] || rm -rf -- "$remove"
            exit "$status"
            """;

    private final Process guard;
    private final long pid;

    private GuardedProcess(Process guard, long pid) {
        this.guard = guard;
        this.pid = pid;
    }

    /**
     * Starts a command, without variables {@code PG...} in its environment.
     *
     * @param prefix what runs the shell as another user; may be empty
     * @param output the file at whose end its output goes, in the directory where it runs
     * @param remove a directory that is removed if this JVM dies before the process, or an empty string
     */
    static GuardedProcess start(List<String> prefix, Path output, String remove, List<String> command)
            throws IOException {
        List<String> guarded = List.of("setsid", "sh", "-c", GUARD, "guard", output.toString(), remove);
        ProcessBuilder builder = new ProcessBuilder(Stream.of(prefix, guarded, command)
                        .flatMap(List::stream)
                        .toList())
                .directory(output.getParent().toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        Process guard = builder.start();
        String answer = guard.inputReader(StandardCharsets.UTF_8).readLine();
        if (answer == null || !answer.matches("[0-9]+")) {
            throw new IOException(prefix + " setsid sh could not start " + command + ": " + answer);
        }
        return new GuardedProcess(guard, Long.parseLong(answer));
    }

    boolean isAlive() {
        return guard.isAlive();
    }

    /** Returns whether it has ended, after that time at the latest. An interrupt is kept, and ends the waiting with false. */
    boolean hasEndedWithin(Duration limit) {
        try {
            return guard.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What it ended with; fails while it runs. */
    int status() {
        return guard.exitValue();
    }

    /** Sends a signal by its name, {@code INT} or {@code STOP}; does nothing after the end. */
    void signal(String name) throws IOException {
        if (isAlive()) {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .start()
                    .onExit()
                    .join();
        }
    }

    /**
     * Kills its children and then itself, none of which can do anything about it. The children have ended when this returns;
     * for the process itself wait with {@link #hasEndedWithin}.
     */
    void kill() throws IOException {
        // Stopped first, so that it neither starts new ones nor loses the ended ones from our sight.
        signal("STOP");
        while (isAlive() && !livingChildren().isEmpty()) {
            livingChildren().forEach(ProcessHandle::destroyForcibly);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        signal("KILL");
    }

    private List<ProcessHandle> livingChildren() {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::children)
                .filter(child -> !isZombie(child))
                .toList();
    }

    private static boolean isZombie(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
        } catch (IOException e) {
            return true;
        }
    }
}
