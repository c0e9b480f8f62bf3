// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.serpentry.admin.http.JsonText;
import io.serpentry.admin.problem.AdminLog;
import io.serpentry.event.ServerEvent;
import jakarta.json.Json;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A client that listens over HTTP. It writes when the container says that it is possible, from whichever thread has something: the sink of
 * Jakarta REST keeps all that was sent, without a limit, and waits for the client when it is closed.
 */
final class SseClient implements EventClient, WriteListener {

    static final String MEDIA_TYPE = "text/event-stream";
    private static final byte[] END = "\n\n".getBytes(UTF_8);

    /** What is on its way, and how far it is. */
    private static final class Sending {
        private final byte[] bytes;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private boolean written;
        private boolean flushed;

        Sending(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    private final AsyncContext request;
    private final ServletOutputStream out;

    private boolean possible;
    private @Nullable Sending sending;
    private boolean closed;

    private SseClient(AsyncContext request, ServletOutputStream out) {
        this.request = request;
        this.out = out;
    }

    /** Begins the answer of that request, on the thread that serves it; nothing is written before that thread has returned. */
    static SseClient answering(AsyncContext request) {
        try {
            ServletResponse response = request.getResponse();
            response.setContentType(MEDIA_TYPE);
            response.setCharacterEncoding(UTF_8.name());
            request.setTimeout(0);
            SseClient client = new SseClient(request, response.getOutputStream());
            client.out.setWriteListener(client);
            return client;
        } catch (IOException e) {
            throw new IllegalStateException("The answer could not be begun", e);
        }
    }

    @Override
    public CompletionStage<?> send(List<ServerEvent> events) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (ServerEvent event : events) {
            text.writeBytes(head(event.type(), event.id()));
            text.writeBytes(JsonText.of(EventDocument.of(event)));
            text.writeBytes(END);
        }
        return send(text.toByteArray());
    }

    private static byte[] head(String type, long id) {
        return ("event: " + type + "\nid: " + id + "\ndata: ").getBytes(UTF_8);
    }

    @Override
    public CompletionStage<?> sendGap(long oldest) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(head("gap", oldest - 1));
        text.writeBytes(
                JsonText.of(Json.createObjectBuilder().add("oldest", oldest).build()));
        text.writeBytes(END);
        return send(text.toByteArray());
    }

    /** Browsers remember its id, so that they ask for nothing again that they did not want. */
    @Override
    public CompletionStage<?> sendAlive(long seen) {
        return send((": alive\nid: " + seen + "\n\n").getBytes(UTF_8));
    }

    private CompletionStage<?> send(byte[] bytes) {
        Sending next = new Sending(bytes);
        synchronized (this) {
            if (closed || sending != null) {
                return CompletableFuture.failedStage(new IllegalStateException("It is closed, or still sending"));
            }
            sending = next;
        }
        writeOn();
        return next.done;
    }

    @Override
    public void onWritePossible() {
        synchronized (this) {
            possible = true;
        }
        writeOn();
    }

    /** Until all is written, or the container will say when it goes on. */
    private void writeOn() {
        Sending ended = null;
        try {
            synchronized (this) {
                if (sending != null && possible && isWritten(sending)) {
                    ended = sending;
                    sending = null;
                }
            }
        } catch (IOException e) {
            onError(e);
        }
        if (ended != null) {
            ended.done.complete(null);
        }
    }

    private boolean isWritten(Sending now) throws IOException {
        if (!now.written && isReady()) {
            now.written = true;
            out.write(now.bytes);
        }
        if (now.written && !now.flushed && isReady()) {
            now.flushed = true;
            out.flush();
        }
        return now.flushed && isReady();
    }

    private boolean isReady() {
        possible = possible && out.isReady();
        return possible;
    }

    @Override
    public void onError(Throwable failure) {
        Sending failed;
        synchronized (this) {
            failed = sending;
            sending = null;
        }
        close();
        if (failed != null) {
            failed.done.completeExceptionally(failure);
        }
    }

    @Override
    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            request.complete();
        } catch (IllegalStateException e) {
            AdminLog.LOG.debugf(e, "The container has ended that stream before");
        }
    }
}
