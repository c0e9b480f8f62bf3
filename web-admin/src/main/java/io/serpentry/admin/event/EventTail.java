// SPDX-License-Identifier: Apache-2.0
package io.serpentry.admin.event;

import io.serpentry.event.EventLog;
import io.serpentry.event.ServerEvent;
import java.util.ArrayList;
import java.util.List;

/** The latest events, read once for all who listen. For one thread at a time. */
final class EventTail {

    static final int KEPT = 1000;
    private static final int BATCH = 500;

    private final EventLog log;
    /** Their ids follow each other, and the last is {@link #last}. */
    private final List<ServerEvent> latest = new ArrayList<>();

    private boolean started;
    private long last;

    EventTail(EventLog log) {
        this.log = log;
    }

    /** Reads what is new. */
    void follow() {
        if (!started) {
            last = log.last();
            started = true;
        }
        List<ServerEvent> read;
        do {
            read = log.after(last, BATCH);
            add(read);
        } while (read.size() == BATCH);
    }

    private void add(List<ServerEvent> read) {
        if (read.isEmpty()) {
            return;
        }
        if (read.get(0).id() != last + 1) {
            latest.clear();
        }
        latest.addAll(read);
        last = read.get(read.size() - 1).id();
        if (latest.size() > KEPT) {
            latest.subList(0, latest.size() - KEPT).clear();
        }
    }

    /** Whether the end of the log is known. */
    boolean isStarted() {
        return started;
    }

    /** The latest that has been read. */
    long last() {
        return last;
    }

    /** What follows that one, up to so many; from memory if it is there, otherwise from the log. */
    List<ServerEvent> after(long id, int limit) {
        if (id >= last) {
            return List.of();
        }
        if (latest.isEmpty() || id + 1 < latest.get(0).id()) {
            return log.after(id, limit);
        }
        int from = (int) (id + 1 - latest.get(0).id());
        return List.copyOf(latest.subList(from, Math.min(latest.size(), from + limit)));
    }

    /** Nobody listens: begins anew with the next {@link #follow}. */
    void forget() {
        started = false;
        last = 0;
        latest.clear();
    }
}
