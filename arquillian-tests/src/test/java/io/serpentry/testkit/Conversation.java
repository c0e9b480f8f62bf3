// SPDX-License-Identifier: Apache-2.0
package io.serpentry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * Somebody who talks with Python in one session, from server to server: he says one number after the other, each second one in a
 * transaction that counts it too. For one thread at a time.
 */
public final class Conversation {

    private final String path;
    private final List<Integer> said = new CopyOnWriteArrayList<>();
    private int last;

    private Conversation(String session) {
        this.path = "/conversation?session=" + session;
    }

    public static Conversation begun(OutsideApp app, String session) {
        Conversation conversation = new Conversation(session);
        app.text("PUT", conversation.path);
        return conversation;
    }

    /** Says the next number; Python must remember all that was said before. */
    public void say(OutsideApp app) {
        last++;
        String length = app.text("POST", path + "&text=" + last + "&transaction=" + inTransaction(last));
        said.add(last);
        assertThat(length).as("number of lines").isEqualTo(Integer.toString(said.size()));
    }

    private static boolean inTransaction(int number) {
        return number % 2 == 0;
    }

    /** Goes on without a pause. */
    public Background<Void> untilTheServerIsGone(OutsideApp app) {
        return Background.of(() -> {
            try {
                while (true) {
                    say(app);
                }
            } catch (UncheckedIOException e) {
                // Nobody knows what became of the last number.
                return null;
            }
        });
    }

    /** Waits until so many more numbers were said. */
    public void await(int more) {
        int before = said.size();
        Await.until(more + " numbers are said", () -> said.size() >= before + more);
    }

    /** Each number that was acknowledged must be there, once and in order, and perhaps the one that was not. */
    public void check(OutsideApp app) {
        String[] found = app.text("GET", path).split("\n", -1);
        List<Integer> lines =
                Stream.of(found[0].split(",")).map(Integer::valueOf).toList();
        if (lines.size() > said.size() && !said.contains(last)) {
            said.add(last);
        }
        assertThat(lines).isEqualTo(said);
        assertThat(found[1])
                .as("count of those in a transaction")
                .isEqualTo(Long.toString(
                        lines.stream().filter(Conversation::inTransaction).count()));
    }
}
