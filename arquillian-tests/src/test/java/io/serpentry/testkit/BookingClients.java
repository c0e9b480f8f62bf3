// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Four clients that book numbers in one session, each number once, until the server is gone. */
public final class BookingClients {

    private static final int CLIENTS = 4;

    private final OutsideApp app;
    private final String query;
    private final AtomicInteger last = new AtomicInteger();
    private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
    private final List<Background<Void>> clients = new ArrayList<>();
    private volatile boolean stopped;

    private BookingClients(OutsideApp app, String query) {
        this.app = app;
        this.query = query;
    }

    /** @param source the name of the data source that the rows go to */
    public static BookingClients start(OutsideApp app, String source, String session) {
        BookingClients all = new BookingClients(app, query(source, session));
        app.text("PUT", all.query);
        for (int i = 0; i < CLIENTS; i++) {
            all.clients.add(Background.of(all::bookUntilTheEnd));
        }
        return all;
    }

    private static String query(String source, String session) {
        return "/bookings?source=" + source + "&session=" + session;
    }

    private Void bookUntilTheEnd() {
        try {
            while (!stopped) {
                book(last.incrementAndGet());
            }
        } catch (UncheckedIOException e) {
            // The server is gone: nobody knows what became of this number.
        }
        return null;
    }

    private void book(int n) {
        RestAnswer answer = app.send("POST", query + "&n=" + n);
        if (answer.status() == 200) {
            acknowledged.add(n);
        } else {
            refusals.add(n + ": " + answer.status() + " " + answer.body());
        }
    }

    /** Waits until so many numbers were acknowledged. */
    public void await(int count) {
        Await.until(count + " numbers are booked; refused: " + refusals, () -> acknowledged.size() >= count);
    }

    /** Lets them end what they are about, and waits for it. */
    public void stop() throws Exception {
        stopped = true;
        for (Background<Void> client : clients) {
            client.value();
        }
    }

    /** What the server has said about numbers that it did not book. */
    public List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** What a server holds of it afterwards must be as it was acknowledged, and the same in both places. */
    public void check(OutsideApp restarted) {
        String[] lines = restarted.text("GET", query).split("\n", -1);
        Set<Integer> rows = numbers(lines[0]);
        Set<Integer> entries = numbers(lines[1]);
        assertThat(missing(rows)).as("acknowledged, but no row").isEmpty();
        assertThat(missing(entries)).as("acknowledged, but no entry").isEmpty();
        assertThat(rows).as("rows and entries").isEqualTo(entries);
        assertThat(Integer.parseInt(lines[2])).as("counter").isEqualTo(rows.size());
    }

    private Set<Integer> missing(Set<Integer> found) {
        Set<Integer> missing = new HashSet<>(acknowledged);
        missing.removeAll(found);
        return missing;
    }

    private static Set<Integer> numbers(String line) {
        return Stream.of(line.split(","))
                .filter(number -> !number.isEmpty())
                .map(Integer::valueOf)
                .collect(Collectors.toSet());
    }
}
