// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerStartReason;
import io.serpentry.connector.WorkerState;
import io.serpentry.connector.internal.wire.Frame;
import io.serpentry.connector.internal.wire.FrameType;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Starts workers and greets them.
 *
 * <pre>
 *   order start -> report started -> connect -> HELLO -> compare -> WELCOME -> live
 * </pre>
 *
 * <p>All of it within the pool's {@code startTimeout}; whatever fails, the process is ended before the failure is told.
 * Safe for use by any number of threads.
 */
final class WorkerStarter {

    private static final Duration LAST_WORDS = Duration.ofSeconds(1);
    private static final Duration ORDER_TIMEOUT = Duration.ofSeconds(5);

    private final WorkerPool pool;
    private final PoolSettings settings;
    private final InstantSource clock;
    private final AtomicLong sequence = new AtomicLong();

    WorkerStarter(WorkerPool pool, InstantSource clock) {
        this.pool = pool;
        this.settings = pool.settings();
        this.clock = clock;
    }

    /** A new worker's first channel. */
    WorkerChannel start(Zygote zygote, WorkerStartReason reason) throws StartFailedException, InterruptedException {
        long began = System.nanoTime();
        Worker worker = order(zygote);
        WorkerChannel channel;
        try {
            channel = greet(worker);
        } catch (InterruptedException e) {
            worker.stop(Rung.AT_ONCE, 0);
            throw e;
        } catch (IOException e) {
            throw notGreeted(worker, e);
        }
        if (!pool.startedWell(worker, channel, reason)) {
            channel.close();
            throw new StartFailedException(
                    "worker " + worker.identity() + " was ended while it started", "", null, null);
        }
        WorkerLog.LOG.workerLive(
                worker.identity().id(), worker.identity().pid(), (System.nanoTime() - began) / 1_000_000);
        return channel;
    }

    /** One more channel to a worker with several threads, or null if its last place was taken, or it was ended, meanwhile. */
    @Nullable
    WorkerChannel join(Worker worker) throws StartFailedException, InterruptedException {
        WorkerChannel channel;
        try {
            channel = greet(worker);
        } catch (IOException e) {
            if (worker.state() == WorkerState.LIVE) {
                throw notGreeted(worker, e);
            }
            WorkerLog.LOG.debugf(e, "%s was ended while it was joined", worker.identity());
            return null;
        }
        if (worker.tryAdd(channel)) {
            return channel;
        }
        channel.close();
        return null;
    }

    private Worker order(Zygote zygote) throws StartFailedException, InterruptedException {
        String id = settings.name() + "-" + sequence.incrementAndGet();
        String nonce = ZygoteProcess.newNonce();
        Duration limit = ORDER_TIMEOUT.compareTo(settings.startTimeout()) < 0 ? ORDER_TIMEOUT : settings.startTimeout();
        CompletableFuture<Worker> worker =
                zygote.start(id, nonce, limit, report -> register(zygote, id, nonce, report));
        try {
            return Zygote.await(worker, settings.startTimeout());
        } catch (InterruptedException e) {
            endWhenStarted(worker);
            throw e;
        } catch (IOException e) {
            endWhenStarted(worker);
            throw new StartFailedException("worker " + id + " could not be started: " + e.getMessage(), "", null, e);
        }
    }

    /** Nobody waits for this worker any more: whenever it comes, it goes. */
    @SuppressWarnings("FutureReturnValueIgnored") // a failed order leaves no worker to end
    private static void endWhenStarted(CompletableFuture<Worker> ordered) {
        ordered.thenAccept(worker -> worker.stop(Rung.AT_ONCE, 0));
    }

    /** Runs in the zygote's reading thread, so the worker is known before its exit can be reported. */
    private Worker register(Zygote zygote, String id, String nonce, ControlMessage report) {
        WorkerIdentity identity = new WorkerIdentity(id, report.number("pid", 0));
        Worker.Origin origin = new Worker.Origin(zygote, zygote.socket(report.text("socket", "")), nonce);
        Instant now = clock.instant();
        Wear wear = Wear.of(settings, now, ThreadLocalRandom.current().nextDouble());
        Worker worker = new Worker(identity, origin, settings.threadsPerWorker(), now, wear);
        pool.add(worker);
        return worker;
    }

    /** An interrupt tells nothing of the worker: it is left as it is, for the caller to decide. */
    private WorkerChannel greet(Worker worker) throws IOException, StartFailedException, InterruptedException {
        try {
            SocketChannel socket = SocketChannel.open(
                    UnixDomainSocketAddress.of(worker.origin().socket()));
            return handshake(worker, new FrameConnection(socket, settings.maxMessageSize()));
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw (InterruptedException)
                    new InterruptedException("interrupted while a worker was being greeted").initCause(e);
        }
    }

    private WorkerChannel handshake(Worker worker, FrameConnection connection)
            throws IOException, StartFailedException {
        long deadline = pool.deadlines().now() + settings.startTimeout().toNanos();
        Runnable cancel = pool.deadlines().at(deadline, connection::closeQuietly);
        try {
            Frame first = connection.receive();
            ControlMessage hello = ControlMessage.of(first);
            if (first.type() == FrameType.ERROR) {
                throw refused(worker, hello);
            }
            compare(worker, first.type(), hello);
            hello.declaredTimeouts().ifPresent(worker::declare);
            hello.functions().ifPresent(pool::catalogue);
            connection.send(Frame.of(FrameType.WELCOME, first.requestId(), "{\"protocol\":1}"));
            return new WorkerChannel(worker, connection, pool);
        } catch (IOException | StartFailedException e) {
            connection.closeQuietly();
            throw e;
        } finally {
            cancel.run();
        }
    }

    private static void compare(Worker worker, FrameType type, ControlMessage hello) throws IOException {
        boolean right = type == FrameType.HELLO
                && hello.number("protocol", 0) == 1
                && worker.identity().id().equals(hello.text("worker"))
                && worker.identity().pid() == hello.number("pid", 0)
                && worker.origin().zygote().generation() == hello.number("generation", 0)
                && worker.origin().nonce().equals(hello.text("nonce"));
        if (!right) {
            throw new IOException("what answers on its socket is not the worker that was ordered (" + type + ")");
        }
    }

    private static StartFailedException refused(Worker worker, ControlMessage error) {
        WorkerExit exit = worker.awaitExit(LAST_WORDS);
        if (exit == null) {
            worker.stop(Rung.AT_ONCE, 0);
            exit = worker.awaitExit(LAST_WORDS);
        }
        return new StartFailedException(
                "worker " + worker.identity().id() + " did not start: " + error.text("type", "") + ": "
                        + error.text("message", ""),
                exit == null ? "" : exit.stderr(),
                error.trace("traceback"),
                null);
    }

    private StartFailedException notGreeted(Worker worker, IOException cause) {
        boolean late = cause instanceof ClosedChannelException;
        WorkerExit exit = worker.awaitExit(late ? Duration.ZERO : LAST_WORDS);
        String why;
        if (exit != null) {
            why = exit.how() + " before it said hello";
        } else if (late) {
            why = "did not say hello within " + settings.startTimeout().toMillis() + " ms";
        } else {
            why = "could not be greeted: " + cause.getMessage();
        }
        if (exit == null) {
            worker.stop(Rung.AT_ONCE, 0);
            exit = worker.awaitExit(LAST_WORDS);
        }
        return new StartFailedException(
                "worker " + worker.identity() + " " + why, exit == null ? "" : exit.stderr(), null, cause);
    }
}
