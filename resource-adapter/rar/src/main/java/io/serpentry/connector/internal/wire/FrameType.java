// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import org.jspecify.annotations.Nullable;

/** The kinds of frames and their numbers on the wire; docs/protocol.md says who sends which. */
public enum FrameType {
    HELLO(1),
    WELCOME(2),
    CALL(3),
    RESULT(4),
    ERROR(5),
    ITEM(6),
    CREDIT(7),
    HOST_CALL(8),
    HOST_RESULT(9),
    PREPARE(10),
    VOTE(11),
    COMPLETED(12),
    CACHE(13),
    PING(14),
    PONG(15),
    BYE(16),
    ORDER(32),
    REPORT(33),
    LOG(34);

    private static final @Nullable FrameType[] BY_CODE = new @Nullable FrameType[256];

    static {
        for (FrameType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;

    FrameType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The type of that number, or null if there is none. */
    static @Nullable FrameType of(int code) {
        return BY_CODE[code & 0xff];
    }
}
