// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.linearizability;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of calls in which each has the answer that it had, and in which none comes after another that was invoked only when it
 * had returned: the algorithm of Wing and Gong, which remembers with Lowe what it has seen to lead nowhere.
 *
 * <pre>
 *  invocations and returns by time     take the first call that is possible now, and whose invocation
 *  (a (b b) (c a) c)                   stands before every return that is left; at a return of a call not
 *                                      taken yet, go back to the last one taken and try the next instead
 * </pre>
 *
 * A call without an answer has no return: it may be taken at any time after its invocation, or never.
 */
public final class Linearizability<S> {

    /** What was tried: which calls were taken, in whatever order, and the state that this had led to. */
    private record Tried<S>(BitSet taken, S state) {}

    /** A call that was taken, and the state before it. */
    private record Taken<S>(Event<S> invocation, S before) {}

    /** An invocation, or a return; linked, so that a call can be taken out of the list and put back at its place. */
    private static final class Event<S> {
        final int number;
        final Call<S> call;
        final boolean isReturn;

        @Nullable
        Event<S> answer;

        @Nullable
        Event<S> previous;

        @Nullable
        Event<S> next;

        Event(int number, Call<S> call, boolean isReturn) {
            this.number = number;
            this.call = call;
            this.isReturn = isReturn;
        }

        long time() {
            return isReturn ? call.returned() : call.invoked();
        }

        void unlink() {
            if (previous != null) {
                previous.next = next;
            }
            if (next != null) {
                next.previous = previous;
            }
        }

        void link() {
            if (previous != null) {
                previous.next = this;
            }
            if (next != null) {
                next.previous = this;
            }
        }
    }

    private final Event<S> head;
    private final Deque<Taken<S>> taken = new ArrayDeque<>();
    private final BitSet numbers = new BitSet();
    private final Set<Tried<S>> tried = new HashSet<>();
    private S state;
    private int most = -1;
    private String obstacle = "";

    private Linearizability(List<Call<S>> calls, S initial) {
        head = linked(calls);
        state = initial;
    }

    /** Why there is no such order; empty if there is one. */
    public static <S> Optional<String> violation(List<Call<S>> calls, S initial) {
        Linearizability<S> search = new Linearizability<>(calls, initial);
        return search.isFound() ? Optional.empty() : Optional.of(search.obstacle);
    }

    private static <S> Event<S> linked(List<Call<S>> calls) {
        List<Event<S>> events = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            Event<S> invocation = new Event<>(i, calls.get(i), false);
            events.add(invocation);
            if (calls.get(i).isAnswered()) {
                invocation.answer = new Event<>(i, calls.get(i), true);
                events.add(invocation.answer);
            }
        }
        // What happened at the same moment counts as concurrent.
        events.sort(Comparator.<Event<S>>comparingLong(Event::time).thenComparing(event -> event.isReturn));
        Event<S> head = new Event<>(-1, new Call<>(0, 0, same -> same), false);
        Event<S> last = head;
        for (Event<S> event : events) {
            event.previous = last;
            last.next = event;
            last = event;
        }
        return head;
    }

    private boolean isFound() {
        Event<S> event = head.next;
        while (event != null) {
            if (event.isReturn) {
                noteObstacle(event.call);
                if (taken.isEmpty()) {
                    return false;
                }
                event = giveBack().next;
            } else {
                event = isTaken(event) ? head.next : event.next;
            }
        }
        // No return is left: every call with an answer has its place.
        return true;
    }

    private boolean isTaken(Event<S> invocation) {
        S after = invocation.call.effect().on(state);
        if (after == null) {
            return false;
        }
        numbers.set(invocation.number);
        if (!tried.add(new Tried<>((BitSet) numbers.clone(), after))) {
            numbers.clear(invocation.number);
            return false;
        }
        taken.push(new Taken<>(invocation, state));
        state = after;
        invocation.unlink();
        if (invocation.answer != null) {
            invocation.answer.unlink();
        }
        return true;
    }

    private Event<S> giveBack() {
        Taken<S> last = taken.pop();
        Event<S> invocation = last.invocation();
        state = last.before();
        numbers.clear(invocation.number);
        if (invocation.answer != null) {
            invocation.answer.link();
        }
        invocation.link();
        return invocation;
    }

    private void noteObstacle(Call<S> call) {
        if (taken.size() > most) {
            most = taken.size();
            obstacle = "after " + most + " calls, in state " + state + ", this one has no place: " + call;
        }
    }
}
