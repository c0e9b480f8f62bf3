// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.worker;

import io.serpentry.connector.internal.wire.Frame;
import io.serpentry.connector.internal.wire.FrameType;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A running fork server, as the server sees it: orders go out, reports come in. Safe for use by any number of threads.
 *
 * <p>Orders are written by a thread of their own: an application's thread may carry a pending interrupt, and the JDK would
 * close the socket under it, which ends every worker.
 */
final class Zygote {

    /** Is told what the zygote reports by itself. Called by the zygote's reading thread; must not wait. */
    interface Listener {
        void workerExited(Zygote from, String worker, ControlMessage report);

        void callCancelled(Zygote from, String worker, ControlMessage report);

        /** The zygote is gone, and its workers with it. Called once. */
        void zygoteGone(Zygote zygote, String cause);
    }

    private static final Frame END = Frame.of(FrameType.BYE, 0);

    private final ZygoteProcess process;
    private final PoolSettings settings;
    private final Deadlines deadlines;
    private final Listener listener;
    private final BlockingQueue<Frame> orders = new LinkedBlockingQueue<>();
    private final Map<Long, CompletableFuture<ControlMessage>> unanswered = new ConcurrentHashMap<>();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicBoolean gone = new AtomicBoolean();
    private volatile @Nullable String killedBecause;

    Zygote(ZygoteProcess process, PoolSettings settings, Deadlines deadlines, Listener listener) {
        this.process = process;
        this.settings = settings;
        this.deadlines = deadlines;
        this.listener = listener;
    }

    /** The two loops of this zygote, each for a thread of its own; they end when the zygote does. */
    List<Runnable> loops() {
        return List.of(this::readReports, this::writeOrders);
    }

    int generation() {
        return process.generation();
    }

    long pid() {
        return process.pid();
    }

    String nonce() {
        return process.nonce();
    }

    ZygoteProcess process() {
        return process;
    }

    boolean isGone() {
        return gone.get();
    }

    // ---- orders

    /**
     * Orders a worker; the answer comes when its process exists and its socket listens.
     *
     * @param limit the zygote is killed if it does not answer within it
     * @param started makes the answer from the report, in the zygote's reading thread, before any later report is handled
     */
    <T> CompletableFuture<T> start(String worker, String nonce, Duration limit, Function<ControlMessage, T> started) {
        CompletableFuture<T> answer = order(
                Json.createObjectBuilder()
                        .add("order", "start")
                        .add("worker", worker)
                        .add("nonce", nonce),
                started);
        killIfSilent(answer, limit);
        return answer;
    }

    /** Orders the end of a worker. A zygote that does not acknowledge it within the pool's {@code killGrace} is killed. */
    void stop(String worker, long request, List<Rung> ladder) {
        var rungs = Json.createArrayBuilder();
        ladder.forEach(rung -> rungs.add(rung.wireName()));
        JsonObjectBuilder stop = Json.createObjectBuilder()
                .add("order", "stop")
                .add("worker", worker)
                .add("request", request)
                .add("ladder", rungs)
                .add("cancelGraceMillis", settings.cancelGrace().toMillis())
                .add("killGraceMillis", settings.killGrace().toMillis());
        killIfSilent(order(stop, report -> report), settings.killGrace());
    }

    /**
     * Has a worker tell what its threads execute.
     *
     * @param sampling how long to sample its calls; zero for the stacks of this moment
     * @param limit after which the answer fails, and nothing is killed: native code may keep the worker from answering
     */
    CompletableFuture<String> look(String worker, Duration sampling, Duration limit) {
        long request = requests.incrementAndGet();
        CompletableFuture<String> told = order(
                request,
                Json.createObjectBuilder()
                        .add("order", "look")
                        .add("worker", worker)
                        .add("seconds", sampling.toMillis() / 1000.0),
                report -> report.text("text", ""));
        Runnable cancel = deadlines.at(
                deadlines.now() + limit.toNanos(),
                () -> fail(request, "the worker did not answer within " + limit.toMillis() + " ms"));
        CompletableFuture<?> unused = told.whenComplete((text, failure) -> cancel.run());
        return told;
    }

    private void killIfSilent(CompletableFuture<?> answer, Duration limit) {
        if (answer.isDone()) {
            return;
        }
        Runnable cancel = deadlines.at(deadlines.now() + limit.toNanos(), () -> {
            if (!answer.isDone()) {
                WorkerLog.LOG.zygoteSilent(settings.name(), pid(), limit.toMillis());
                kill("it did not acknowledge an order within " + limit.toMillis() + " ms");
            }
        });
        CompletableFuture<?> unused = answer.whenComplete((report, failure) -> cancel.run());
    }

    private <T> CompletableFuture<T> order(JsonObjectBuilder order, Function<ControlMessage, T> handling) {
        return order(requests.incrementAndGet(), order, handling);
    }

    private <T> CompletableFuture<T> order(
            long request, JsonObjectBuilder order, Function<ControlMessage, T> handling) {
        CompletableFuture<ControlMessage> answer = new CompletableFuture<>();
        CompletableFuture<T> handled = answer.thenApply(handling);
        unanswered.put(request, answer);
        orders.add(Frame.of(FrameType.ORDER, request, order.build().toString()));
        if (gone.get()) {
            failUnanswered("the fork server is gone");
        }
        return handled;
    }

    // ---- ending

    /** Kills the zygote's process; the kernel ends its workers. Never waits; {@link Listener#zygoteGone} follows. */
    void kill(String because) {
        if (killedBecause == null) {
            killedBecause = because;
        }
        process.kill();
    }

    /** Closes the control socket, on which the zygote ends all workers and itself; kills it if that takes too long. */
    void close() {
        if (killedBecause == null) {
            killedBecause = "closed";
        }
        process.control().closeQuietly();
        orders.add(END);
        process.awaitEnd(settings.killGrace().plusSeconds(2));
    }

    private void writeOrders() {
        try {
            for (Frame order = orders.take(); order.type() != FrameType.BYE; order = orders.take()) {
                process.control().send(order);
            }
        } catch (IOException e) {
            WorkerLog.LOG.debug("the control socket can not be written; its reader sees the end", e);
        } catch (InterruptedException e) {
            process.kill();
            Thread.currentThread().interrupt();
        }
    }

    private void readReports() {
        String cause = "its control socket was closed";
        try {
            while (true) {
                dispatch(process.control().receive());
            }
        } catch (IOException e) {
            WorkerLog.LOG.debug("the control socket has ended", e);
        } catch (RuntimeException e) {
            WorkerLog.LOG.unexpectedReport(settings.name(), e.toString());
            cause = "its report could not be handled: " + e;
        } finally {
            end(cause);
        }
    }

    private void end(String cause) {
        process.control().closeQuietly();
        String how = process.awaitEnd(settings.killGrace());
        String reason = killedBecause == null ? cause + "; " + how : killedBecause + "; " + how;
        orders.add(END);
        if (gone.compareAndSet(false, true)) {
            failUnanswered(reason);
            listener.zygoteGone(this, reason);
        }
    }

    private void failUnanswered(String why) {
        unanswered.keySet().forEach(request -> fail(request, why));
    }

    private void fail(long request, String why) {
        CompletableFuture<ControlMessage> answer = unanswered.remove(request);
        if (answer != null) {
            answer.completeExceptionally(new IOException(why));
        }
    }

    // ---- reports

    private void dispatch(Frame frame) throws IOException {
        if (frame.type() == FrameType.LOG) {
            log(frame);
            return;
        }
        ControlMessage report = ControlMessage.of(frame);
        CompletableFuture<ControlMessage> answer = unanswered.remove(frame.requestId());
        if (answer != null) {
            answer(answer, report);
            return;
        }
        String worker = report.text("worker", "?");
        switch (report.text("report", "")) {
            case "exited" -> listener.workerExited(this, worker, report);
            case "stack" -> listener.callCancelled(this, worker, report);
            case "looked" -> WorkerLog.LOG.debugf("%s has told what it does when nobody waited any more", worker);
            case "rung" -> WorkerLog.LOG.rung(worker, report.text("rung", "?"));
            default -> WorkerLog.LOG.unexpectedReport(settings.name(), frame.text());
        }
    }

    private static void answer(CompletableFuture<ControlMessage> answer, ControlMessage report) {
        if ("refused".equals(report.text("report"))) {
            answer.completeExceptionally(new IOException(report.text("message", "the order was refused")));
        } else {
            answer.complete(report);
        }
    }

    private static void log(Frame frame) throws IOException {
        ControlMessage source = ControlMessage.of(frame);
        String worker = source.text("worker", "?");
        String stream = source.text("stream", "?");
        frame.attachments().forEach(text -> StandardCharsets.UTF_8
                .decode(text)
                .toString()
                .lines()
                .forEach(line -> WorkerLog.OUTPUT.infof("[%s %s] %s", worker, stream, line)));
    }

    /** Where a worker's socket is. */
    Path socket(String path) {
        return process.directory().resolve(path);
    }

    /** The answer to an order, waited for until then. */
    static <T> T await(CompletableFuture<T> answer, Duration limit) throws IOException, InterruptedException {
        try {
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the fork server did not answer within " + limit.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        }
    }
}
