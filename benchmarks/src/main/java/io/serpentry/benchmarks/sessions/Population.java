// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A keeper's sessions, and the past that they would have after a while. Each thread of a crew works with its own part of them. */
final class Population {

    static final int USUAL_SIZE = 256;
    /** From then on, each update drops the oldest version that is kept. */
    private static final int UPDATES = SessionDatabase.HISTORY + 1;

    private static final int SETUP_THREADS = 16;
    private static final int SIZE = 1024;
    private static final byte[][] CONTENTS = contents();

    private final Keeper keeper;
    private final List<String> ids = new ArrayList<>();

    Population(Keeper keeper, int sessions) throws Exception {
        this.keeper = keeper;
        for (int i = 0; i < sessions; i++) {
            ids.add(keeper.create(content(i)));
        }
        try (Crew crew = new Crew(SETUP_THREADS)) {
            crew.times(UPDATES * sessions, work(Operation.UPDATE, crew));
        }
    }

    private static byte[][] contents() {
        byte[][] contents = new byte[64][SIZE];
        Random random = new Random(SIZE);
        for (byte[] content : contents) {
            random.nextBytes(content);
        }
        return contents;
    }

    /** 1 KiB that can not be compressed. */
    static byte[] content(int number) {
        return CONTENTS[number & CONTENTS.length - 1];
    }

    Keeper keeper() {
        return keeper;
    }

    Crew.Work work(Operation operation, Crew crew) {
        int own = ids.size() / crew.size();
        return (thread, count) -> operation.once(keeper, ids.get(thread * own + count % own), content(count));
    }

    /** Makes an access of now the last one of each session. */
    void touchAll(Crew crew) throws Exception {
        crew.times(ids.size(), work(Operation.TOUCH, crew));
    }
}
