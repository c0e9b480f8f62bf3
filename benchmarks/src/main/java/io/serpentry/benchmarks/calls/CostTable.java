// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.calls;

import io.serpentry.benchmarks.calls.Rounds.Budget;
import io.serpentry.session.EntryChange;
import io.serpentry.session.EntryRead;
import io.serpentry.session.NewSession;
import java.io.PrintWriter;
import java.util.Locale;

/** What a call in a session costs, one caller, against the parts that it is made of, made one by one. */
final class CostTable {

    private static final int KIB = 1024;

    private final Scene scene;
    private final Budget budget;
    private final PrintWriter out;

    CostTable(Scene scene, Budget budget, PrintWriter out) {
        this.scene = scene;
        this.budget = budget;
        this.out = out;
    }

    void write() throws Exception {
        out.println("| | p50 µs | against | p50 µs | ratio | goal |");
        out.println("|---|---:|---|---:|---:|---:|");
        String session = scene.session(NewSession.durable(), KIB);
        row("at most 1.5", warm(session));
        row("", changing(session));
        row("", cold(KIB));
        row("", cold(KIB * KIB));
        row("at most 1.3", Rounds.of(
                budget,
                Deed.of("anonymous call", scene::echoAnonymously),
                Deed.of("call without a session", scene::echo)));
    }

    private Rounds warm(String session) throws Exception {
        return Rounds.of(
                budget,
                Deed.of("warm call, 1 KiB entry read", () -> scene.peek(session)),
                Deed.of("echo + get", () -> {
                    scene.echo();
                    scene.get(session);
                }));
    }

    private Rounds changing(String session) throws Exception {
        String other = scene.session(NewSession.durable(), KIB);
        return Rounds.of(
                budget,
                Deed.of(
                        "warm call that changes 1 KiB, JTA",
                        () -> scene.inTransaction(() -> scene.change(session))),
                Deed.of("echo + get + save, JTA", () -> scene.inTransaction(() -> {
                    scene.echo();
                    EntryRead.Content read = scene.get(other);
                    scene.put(other, Scene.content(KIB), read.info().version());
                })));
    }

    /** Somebody else has written a content that neither the worker nor the server has seen. */
    private Rounds cold(int size) throws Exception {
        String session = scene.session(NewSession.durable(), size);
        Deed.Step change = () -> scene.put(session, Scene.content(size), EntryChange.ANY);
        return Rounds.of(
                budget,
                Deed.prepared("cold call, " + size / KIB + " KiB", change, () -> scene.peek(session)),
                Deed.prepared("get + echo of it", change, () -> scene.send(scene.get(session).toByteArray())));
    }

    private void row(String goal, Rounds rounds) {
        out.println(String.format(
                Locale.ROOT,
                "| %s | %.1f | %s | %.1f | %.2f | %s |",
                rounds.deeds().get(0).name(),
                rounds.median(0),
                rounds.deeds().get(1).name(),
                rounds.median(1),
                rounds.ratio(0, 1),
                goal));
        out.flush();
    }
}
