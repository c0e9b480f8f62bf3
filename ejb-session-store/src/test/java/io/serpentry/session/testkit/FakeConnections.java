// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.testkit;

import io.serpentry.connector.CallContext;
import io.serpentry.connector.ErrorCode;
import io.serpentry.connector.ErrorDetail;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonCall;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonConnectionFactory;
import io.serpentry.connector.PythonException;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.connector.WorkerStatus;
import io.serpentry.session.ContentDigest;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.naming.Reference;
import org.jspecify.annotations.Nullable;

/** Connections to workers that know one function, {@code serpentry.warm}, and keep what it gives them. */
public final class FakeConnections implements PythonConnectionFactory {

    private static final long serialVersionUID = 1;

    private final transient FakePool pool;
    private final transient Map<String, Set<String>> caches = new HashMap<>();
    private final transient Set<String> refused = new HashSet<>();
    private final transient List<Warm> calls = new ArrayList<>();
    private transient long maxMessage = Long.MAX_VALUE;
    private transient Runnable before = () -> {};

    FakeConnections(FakePool pool) {
        this.pool = pool;
    }

    /** One call of {@code serpentry.warm}. */
    public record Warm(String worker, List<String> digests, List<byte[]> contents) {

        public long bytes() {
            return contents.stream().mapToLong(content -> content.length).sum();
        }
    }

    /** In their order. */
    public List<Warm> calls() {
        return List.copyOf(calls);
    }

    /** Done before each request for a connection. */
    public void before(Runnable action) {
        before = action;
    }

    /** No worker keeps that content. */
    public void refuse(String sha256) {
        refused.add(sha256);
    }

    /** A call with more bytes than that is too large. */
    public void maxMessage(long bytes) {
        maxMessage = bytes;
    }

    /** What the worker has. */
    public Set<String> cache(String worker) {
        return caches.computeIfAbsent(worker, id -> new HashSet<>());
    }

    @Override
    public PythonConnection getConnection() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PythonConnection getConnection(Placement placement) {
        before.run();
        String worker = ((Placement.Required) placement).workerId();
        Optional<WorkerStatus> status = pool.workers().stream()
                .filter(found -> found.id().equals(worker))
                .findFirst();
        if (status.isEmpty() || status.get().cordoned()) {
            throw exhausted("worker " + worker + " does not exist, or is cordoned");
        }
        return new Connection(status.get());
    }

    public static PythonException exhausted(String message) {
        return PythonException.of(
                ErrorDetail.of(ErrorCode.WORKERS_EXHAUSTED, message).retryable(true));
    }

    @Override
    public PythonPool pool() {
        return pool;
    }

    @Override
    public void setReference(Reference reference) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Reference getReference() {
        throw new UnsupportedOperationException();
    }

    private final class Connection implements PythonConnection {

        private final WorkerStatus worker;

        Connection(WorkerStatus worker) {
            this.worker = worker;
        }

        @Override
        public PythonCall call(String function) {
            if (!function.equals("serpentry.warm")) {
                throw new UnsupportedOperationException(function);
            }
            return new Call(worker.id());
        }

        @Override
        public WorkerIdentity worker() {
            return new WorkerIdentity(worker.id(), worker.pid());
        }

        @Override
        public void close() {}
    }

    private final class Call implements PythonCall {

        private final String worker;
        private final Map<String, Object> arguments = new LinkedHashMap<>();

        Call(String worker) {
            this.worker = worker;
        }

        @Override
        public PythonCall argument(String name, @Nullable Object value) {
            arguments.put(name, value);
            return this;
        }

        @Override
        public PythonCall arguments(Map<String, ? extends @Nullable Object> more) {
            arguments.putAll(more);
            return this;
        }

        @Override
        public PythonCall timeout(Duration timeout) {
            return this;
        }

        @Override
        public PythonCall context(CallContext context) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T returning(Class<T> type) {
            return type.cast(warmed());
        }

        @Override
        public Object returning(Type type) {
            throw new UnsupportedOperationException();
        }

        @SuppressWarnings("unchecked")
        private String[] warmed() {
            Warm warm =
                    new Warm(worker, (List<String>) arguments.get("digests"), (List<byte[]>) arguments.get("contents"));
            if (warm.bytes() + warm.digests().size() * 64L > maxMessage) {
                throw PythonException.of(ErrorDetail.of(ErrorCode.MESSAGE_TOO_LARGE, "the call is too large"));
            }
            calls.add(warm);
            warm.contents().stream()
                    .map(ContentDigest::of)
                    .filter(digest -> !refused.contains(digest))
                    .forEach(cache(worker)::add);
            return warm.digests().stream()
                    .filter(digest -> !cache(worker).contains(digest))
                    .toArray(String[]::new);
        }
    }
}
