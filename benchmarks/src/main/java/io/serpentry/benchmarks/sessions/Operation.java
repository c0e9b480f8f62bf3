// SPDX-License-Identifier: Apache-2.0
package io.serpentry.benchmarks.sessions;

/** What is measured. */
enum Operation {
    GET("get") {
        @Override
        void once(Keeper keeper, String session, byte[] content) throws Exception {
            keeper.get(session);
        }
    },
    ENTRY("read one entry") {
        @Override
        void once(Keeper keeper, String session, byte[] content) throws Exception {
            keeper.entry(session);
        }
    },
    UPDATE("get + update one") {
        @Override
        void once(Keeper keeper, String session, byte[] content) throws Exception {
            keeper.update(session, content);
        }
    },
    TOUCH("touch, written") {
        @Override
        void once(Keeper keeper, String session, byte[] content) throws Exception {
            keeper.touch(session);
        }
    },
    TOUCH_AGAIN("touch, coalesced") {
        @Override
        void once(Keeper keeper, String session, byte[] content) throws Exception {
            keeper.touchAgain(session);
        }
    },
    CREATE("create") {
        @Override
        void once(Keeper keeper, String session, byte[] content) throws Exception {
            keeper.create(content);
        }
    };

    private final String label;

    Operation(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    abstract void once(Keeper keeper, String session, byte[] content) throws Exception;
}
