// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.linearizability;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What all threads did, by entry. For any thread. */
public final class EntryHistories {

    private final Map<String, Queue<Call<EntryState>>> calls = new ConcurrentHashMap<>();

    void add(String entry, Call<EntryState> call) {
        calls.computeIfAbsent(entry, name -> new ConcurrentLinkedQueue<>()).add(call);
    }

    /** By entry, why its calls can not have come one after the other; empty if all can. To be asked when the threads are done. */
    public Map<String, String> violations() {
        Map<String, String> violations = new TreeMap<>();
        calls.forEach((entry, history) -> Linearizability.violation(List.copyOf(history), EntryState.ABSENT)
                .ifPresent(why -> violations.put(entry, why)));
        return violations;
    }
}
