// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps the one fork server of a pool: starts it on first need and again when it has died. */
public final class ZygoteKeeper {

    /** Beyond this many dead zygotes the oldest are not swept again; their remains were killed long before. */
    private static final int REMEMBERED = 16;

    /** @param pid 0 while there is none */
    public record Status(
            long pid,
            int generation,
            String start,
            @Nullable String startReason) {
        static final Status NONE = new Status(0, 0, "none", null);
    }

    private final PoolSettings settings;
    private final Supplier<Surroundings> surroundings;
    private final Zygote.Listener listener;
    private final ReentrantLock starting = new ReentrantLock();
    private final List<String> dead = new ArrayList<>();
    private volatile @Nullable Zygote current;
    private volatile Status status = Status.NONE;
    private int generation;
    private boolean closed;

    ZygoteKeeper(PoolSettings settings, Supplier<Surroundings> surroundings, Zygote.Listener listener) {
        this.settings = settings;
        this.surroundings = surroundings;
        this.listener = listener;
    }

    Status status() {
        return status;
    }

    /**
     * The zygote, started if there is none; one thread starts it, others wait for it.
     *
     * @throws StartFailedException if it can not be started, or another thread takes longer than {@code startTimeout}
     */
    Zygote live() throws StartFailedException, InterruptedException {
        Zygote zygote = current;
        if (zygote != null && !zygote.isGone()) {
            return zygote;
        }
        if (!starting.tryLock(settings.startTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new StartFailedException(
                    "the fork server of pool " + settings.name() + " is still being started by another thread after "
                            + settings.startTimeout().toMillis() + " ms",
                    "",
                    null,
                    null);
        }
        try {
            Zygote now = current;
            return now != null && !now.isGone() ? now : start();
        } finally {
            starting.unlock();
        }
    }

    private Zygote start() throws StartFailedException {
        if (closed) {
            throw new StartFailedException("pool " + settings.name() + " is shut down", "", null, null);
        }
        Surroundings shared = surroundings.get();
        generation++;
        ZygoteProcess process = ZygoteProcess.start(settings, generation, dead, shared);
        Zygote zygote = new Zygote(process, settings, shared.deadlines(), listener);
        current = zygote;
        status = new Status(process.pid(), generation, process.start(), process.startReason());
        zygote.loops().forEach(shared.threads()::execute);
        WorkerLog.LOG.zygoteReady(settings.name(), process.pid(), generation, process.python(), process.start());
        String reason = process.startReason();
        if (reason != null) {
            WorkerLog.LOG.spawnFallback(settings.name(), reason);
        }
        return zygote;
    }

    /** The zygote has ended: the next one sweeps what it may have left. */
    void gone(Zygote zygote) {
        starting.lock();
        try {
            dead.add(zygote.nonce());
            if (dead.size() > REMEMBERED) {
                dead.remove(0);
            }
            if (current == zygote) {
                current = null;
                status = new Status(0, generation, status.start(), status.startReason());
            }
        } finally {
            starting.unlock();
        }
    }

    /** Ends the zygote and with it every worker. */
    void close() {
        Zygote zygote;
        starting.lock();
        try {
            closed = true;
            zygote = current;
        } finally {
            starting.unlock();
        }
        if (zygote != null) {
            zygote.close();
        }
    }
}
