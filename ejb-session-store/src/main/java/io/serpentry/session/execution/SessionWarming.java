// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.execution;

import io.serpentry.connector.MessageTooLargeException;
import io.serpentry.connector.Placement;
import io.serpentry.connector.PythonConnection;
import io.serpentry.connector.PythonPool;
import io.serpentry.connector.WorkerIdentity;
import io.serpentry.session.Caller;
import io.serpentry.session.EntryInfo;
import io.serpentry.session.EntryRead;
import io.serpentry.session.LoadedSession;
import io.serpentry.session.SessionStore;
import io.serpentry.session.SessionView;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Hands the contents of sessions to a worker before a call needs them there. The worker takes the digest of each content anew, so what is
 * told as warm is known to have arrived unaltered. Safe for use by any number of threads.
 */
public final class SessionWarming {

    private static final String WARM = "serpentry.warm";
    /** More than this no worker keeps of one content. */
    private static final long LARGEST = 16L << 20;

    private static final int BATCH_BYTES = 4 << 20;
    private static final int BATCH_CONTENTS = 1000;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final SessionStore store;
    private final ContentCache contents;
    private final WorkerContents workers;
    private final SessionTraffic traffic;

    SessionWarming(SessionStore store, ContentCache contents, WorkerContents workers, SessionTraffic traffic) {
        this.store = store;
        this.contents = contents;
        this.workers = workers;
        this.traffic = traffic;
    }

    /**
     * A session that a worker was given.
     *
     * @param view what it was when it was read for that
     * @param cold how many of its entries the worker has not got
     */
    public record Warmed(SessionView view, int cold) {}

    /** The sessions of those ids that there are, as they are now. */
    public Map<String, SessionView> views(List<String> sessions) {
        Map<String, SessionView> views = new LinkedHashMap<>();
        for (String session : sessions) {
            Optional<SessionView> view = store.find(Caller.SYSTEM, session);
            view.ifPresent(found -> views.put(session, found));
        }
        return views;
    }

    /**
     * Gives a worker what it lacks of those sessions.
     *
     * @param wait how long to wait until the worker is idle, for each batch
     * @return by the id of the session
     * @throws io.serpentry.connector.PythonException WORKERS_EXHAUSTED if that worker can not be had, or not in time; WORKER_LOST
     */
    public Map<String, Warmed> warm(PythonPool pool, WorkerIdentity worker, List<SessionView> sessions, Duration wait) {
        Batch batch = new Batch(pool, worker, wait);
        sessions.forEach(batch::add);
        batch.send();
        // What the worker was believed to have, and has lost meanwhile.
        sessions.forEach(batch::addLacking);
        batch.send();
        Map<String, Warmed> warmed = new LinkedHashMap<>();
        for (SessionView session : sessions) {
            warmed.put(session.info().id(), new Warmed(session, cold(worker, session)));
        }
        return warmed;
    }

    private int cold(WorkerIdentity worker, SessionView session) {
        return (int) session.entries().stream()
                .filter(entry -> !workers.has(worker, entry.sha256()))
                .count();
    }

    /** What goes to a worker in one call. */
    private final class Batch {

        private final PythonPool pool;
        private final WorkerIdentity worker;
        private final Duration wait;
        /** By digest; empty for what the worker is believed to have. */
        private final Map<String, Optional<byte[]>> digests = new LinkedHashMap<>();
        /** What was sent before: if the worker did not keep it then, it would not now. */
        private final Set<String> sent = new HashSet<>();

        private long bytes;

        Batch(PythonPool pool, WorkerIdentity worker, Duration wait) {
            this.pool = pool;
            this.worker = worker;
            this.wait = wait;
        }

        /** Asks for what the worker is believed to have, and sends the rest. */
        void add(SessionView session) {
            for (EntryInfo entry : session.entries()) {
                if (workers.has(worker, entry.sha256())) {
                    digests.putIfAbsent(entry.sha256(), Optional.empty());
                    sendIfFull();
                } else {
                    addLacking(session, entry);
                }
            }
        }

        void addLacking(SessionView session) {
            for (EntryInfo entry : session.entries()) {
                if (!workers.has(worker, entry.sha256())) {
                    addLacking(session, entry);
                }
            }
        }

        private void addLacking(SessionView session, EntryInfo entry) {
            String digest = entry.sha256();
            if (entry.size() <= LARGEST && !sent.contains(digest) && !digests.containsKey(digest)) {
                read(session, entry);
                sendIfFull();
            }
        }

        private void sendIfFull() {
            if (bytes >= BATCH_BYTES || digests.size() >= BATCH_CONTENTS) {
                send();
            }
        }

        /** An entry that was changed meanwhile, or can not be read, stays cold. */
        private void read(SessionView session, EntryInfo entry) {
            byte[] content = contents.find(entry.sha256());
            if (content == null) {
                content = store.load(Caller.SYSTEM, session.info().id(), Set.of(entry.name()), Set.of()).stream()
                        .map(LoadedSession::contents)
                        .flatMap(List::stream)
                        .filter(read -> read.info().sha256().equals(entry.sha256()))
                        .filter(EntryRead.Content.class::isInstance)
                        .map(read -> ((EntryRead.Content) read).toByteArray())
                        .findFirst()
                        .orElse(null);
            }
            if (content != null) {
                digests.put(entry.sha256(), Optional.of(content));
                bytes += content.length;
            }
        }

        void send() {
            if (!digests.isEmpty()) {
                send(List.copyOf(digests.entrySet()));
                digests.clear();
                bytes = 0;
            }
        }

        /** In halves if it is too large for the pool's calls; a content that is so by itself stays cold. */
        private void send(List<Map.Entry<String, Optional<byte[]>>> part) {
            Set<String> lacking;
            try {
                lacking = called(part);
            } catch (MessageTooLargeException e) {
                if (part.size() > 1) {
                    int half = part.size() / 2;
                    send(part.subList(0, half));
                    send(part.subList(half, part.size()));
                    return;
                }
                lacking = Set.of(part.get(0).getKey());
            }
            for (Map.Entry<String, Optional<byte[]>> one : part) {
                learn(one.getKey(), one.getValue(), lacking.contains(one.getKey()));
            }
        }

        private void learn(String digest, Optional<byte[]> content, boolean lacking) {
            content.ifPresent(given -> {
                sent.add(digest);
                traffic.sent(pool.name(), given.length);
            });
            if (lacking) {
                workers.unlearned(worker, digest);
            } else {
                workers.learned(worker, digest);
            }
        }

        private Set<String> called(List<Map.Entry<String, Optional<byte[]>>> part) {
            List<byte[]> given = part.stream()
                    .map(Map.Entry::getValue)
                    .flatMap(Optional::stream)
                    .toList();
            try (PythonConnection connection =
                    pool.connectionFactory().getConnection(Placement.require(worker.id(), wait))) {
                String[] lacking = connection
                        .call(WARM)
                        .argument(
                                "digests", part.stream().map(Map.Entry::getKey).toList())
                        .argument("contents", given)
                        .timeout(TIMEOUT)
                        .returning(String[].class);
                return Set.of(Objects.requireNonNull(lacking));
            }
        }
    }
}
