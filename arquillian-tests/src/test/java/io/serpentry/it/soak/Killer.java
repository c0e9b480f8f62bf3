// SPDX-License-Identifier: Apache-2.0
package io.serpentry.it.soak;

import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.testkit.Await;
import io.serpentry.testkit.Processes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Kills and stops workers and the fork server of a pool, first in each way there is and then by chance, each time when some
 * more calls were answered. What is paused goes on after the next blow; what is stopped is left to the adapter. For one thread.
 */
public final class Killer {

    private static final int FEWEST_CALLS = 25;
    private static final Duration HANG = Duration.ofMinutes(2);

    private enum Blow {
        KILL_WORKER(50),
        STOP_WORKER(12),
        PAUSE_WORKER(22),
        KILL_ZYGOTE(7),
        STOP_ZYGOTE(3),
        PAUSE_ZYGOTE(6);

        private final int weight;

        Blow(int weight) {
            this.weight = weight;
        }
    }

    private final PythonPool pool;
    private final Tally tally;
    private final Random random;
    private final Queue<Long> paused = new ArrayDeque<>();
    private final Map<Blow, Integer> blows = new EnumMap<>(Blow.class);

    public Killer(PythonPool pool, Tally tally, long seed) {
        this.pool = pool;
        this.tally = tally;
        this.random = new Random(seed);
    }

    /** How many of each; once it is over. */
    public String strikeUntil(AtomicBoolean over) {
        Queue<Blow> first = new ArrayDeque<>(List.of(Blow.values()));
        while (!over.get()) {
            long due = tally.answered() + FEWEST_CALLS + random.nextInt(FEWEST_CALLS);
            Await.until("calls are answered", HANG, () -> over.get() || tally.answered() >= due);
            goOn();
            strike(first.isEmpty() ? next() : first.remove());
        }
        goOn();
        return blows.toString();
    }

    /** How many workers were killed; once it is over. */
    public int killed() {
        return blows.getOrDefault(Blow.KILL_WORKER, 0);
    }

    private void goOn() {
        while (!paused.isEmpty()) {
            signal("CONT", paused.remove());
        }
    }

    private Blow next() {
        int left = random.nextInt(
                Arrays.stream(Blow.values()).mapToInt(blow -> blow.weight).sum());
        int i = 0;
        while (left >= Blow.values()[i].weight) {
            left -= Blow.values()[i++].weight;
        }
        return Blow.values()[i];
    }

    private void strike(Blow blow) {
        long pid =
                switch (blow) {
                    case KILL_WORKER, STOP_WORKER, PAUSE_WORKER -> anyWorker();
                    case KILL_ZYGOTE, STOP_ZYGOTE, PAUSE_ZYGOTE ->
                        pool.statistics().zygotePid();
                };
        if (pid == 0) {
            return;
        }
        blows.merge(blow, 1, Integer::sum);
        switch (blow) {
            case KILL_WORKER, KILL_ZYGOTE -> signal("KILL", pid);
            case STOP_WORKER, STOP_ZYGOTE -> signal("STOP", pid);
            case PAUSE_WORKER, PAUSE_ZYGOTE -> {
                signal("STOP", pid);
                paused.add(pid);
            }
        }
    }

    private long anyWorker() {
        List<WorkerStatus> workers = pool.workers();
        return workers.isEmpty()
                ? 0
                : workers.get(random.nextInt(workers.size())).pid();
    }

    /** It may have ended by itself meanwhile. */
    private static void signal(String name, long pid) {
        boolean unused = Processes.trySignal(name, pid);
    }
}
