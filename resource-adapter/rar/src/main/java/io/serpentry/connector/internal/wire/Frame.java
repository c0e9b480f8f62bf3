// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One message: the body is JSON in UTF-8 or empty, the attachments are raw bytes between position and limit of each buffer.
 * Whoever holds a frame owns its bytes.
 */
public record Frame(FrameType type, int flags, long requestId, byte[] body, List<ByteBuffer> attachments) {

    /** The body holds references to attachments. */
    public static final int REFERENCES = 1;

    /** The first attachment is a context block. */
    public static final int CONTEXT = 2;

    /** The call belongs to a transaction. */
    public static final int TRANSACTION = 4;

    /** The worker holds hooks of the transaction. */
    public static final int HOOKS = 8;

    static final int KNOWN_FLAGS = REFERENCES | CONTEXT | TRANSACTION | HOOKS;

    static final byte[] NO_BODY = new byte[0];

    public static Frame of(FrameType type, long requestId) {
        return new Frame(type, 0, requestId, NO_BODY, List.of());
    }

    public static Frame of(FrameType type, long requestId, String json) {
        return new Frame(type, 0, requestId, json.getBytes(StandardCharsets.UTF_8), List.of());
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    public Frame with(int flag) {
        return new Frame(type, flags | flag, requestId, body, attachments);
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The bytes this frame takes on the wire. */
    public long size() {
        long size = FrameHeader.LENGTH + body.length + 4L * attachments.size();
        for (ByteBuffer attachment : attachments) {
            size += attachment.remaining();
        }
        return size;
    }
}
