// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import jakarta.json.bind.JsonbException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The raw bytes that belong to the message being mapped on this thread. JSON-B gives its serializers no context of their
 * own, so they find it here.
 */
final class Attachments {

    static final String REFERENCE = "$attachment";
    private static final int MOST = 0xffff;
    private static final ThreadLocal<@Nullable Attachments> CURRENT = new ThreadLocal<>();

    private final List<ByteBuffer> buffers;

    private Attachments(List<ByteBuffer> buffers) {
        this.buffers = buffers;
    }

    /** Attachments to be filled while a message is written. */
    static Attachments collecting() {
        return new Attachments(new ArrayList<>());
    }

    /** The attachments of a message that was received. */
    static Attachments of(List<ByteBuffer> received) {
        return new Attachments(received);
    }

    /** Those of the message that this thread maps now. */
    static Attachments current() {
        Attachments current = CURRENT.get();
        if (current == null) {
            throw new JsonbException("bytes can only be mapped as part of a call");
        }
        return current;
    }

    /** Runs a mapping step with these attachments as the current ones. */
    <T> T during(Step<T> step) {
        CURRENT.set(this);
        try {
            return step.run();
        } finally {
            CURRENT.remove();
        }
    }

    int add(ByteBuffer bytes) {
        if (buffers.size() == MOST) {
            throw new JsonbException("more than " + MOST + " byte arrays in one call");
        }
        buffers.add(bytes);
        return buffers.size() - 1;
    }

    ByteBuffer get(int index) {
        if (index < 0 || index >= buffers.size()) {
            throw new JsonbException("reference to attachment " + index + " of " + buffers.size());
        }
        return buffers.get(index);
    }

    List<ByteBuffer> buffers() {
        return buffers;
    }

    /** The bytes as an array of their own length; the buffer's own array where it is exactly that. */
    static byte[] bytes(ByteBuffer buffer) {
        if (buffer.hasArray() && buffer.arrayOffset() == 0 && buffer.remaining() == buffer.array().length) {
            return buffer.array();
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    interface Step<T> {
        T run();
    }
}
