// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import io.serpentry.connector.internal.wire.WireException.Reason;
import java.nio.ByteBuffer;

/**
 * The first 24 bytes of a frame.
 *
 * <pre>
 *  0      2     3      4       6             8                16            20                 24
 *  +------+-----+------+-------+-------------+----------------+-------------+------------------+
 *  | "SP" | ver | type | flags | attachments | request id u64 | body length | attachment bytes |   big endian
 *  +------+-----+------+-------+-------------+----------------+-------------+------------------+
 * </pre>
 */
record FrameHeader(FrameType type, int flags, int attachments, long requestId, int bodyLength, long attachmentBytes) {

    static final int LENGTH = 24;
    private static final short MAGIC = 0x5350;
    private static final byte VERSION = 1;

    /** Reads 24 bytes at {@code at} without moving the buffer's position. */
    static FrameHeader read(ByteBuffer from, int at, long maxMessageSize) throws WireException {
        if (from.getShort(at) != MAGIC) {
            throw new WireException(Reason.MAGIC, "not a frame: it begins with 0x%04x".formatted(from.getShort(at)));
        }
        if (from.get(at + 2) != VERSION) {
            throw new WireException(Reason.VERSION, "protocol version " + (from.get(at + 2) & 0xff) + ", not 1");
        }
        FrameType type = FrameType.of(from.get(at + 3));
        if (type == null) {
            throw new WireException(Reason.TYPE, "unknown frame type " + (from.get(at + 3) & 0xff));
        }
        int flags = from.getShort(at + 4) & 0xffff;
        if ((flags & ~Frame.KNOWN_FLAGS) != 0) {
            throw new WireException(Reason.FLAGS, "unknown flags 0x%04x".formatted(flags));
        }
        int attachments = from.getShort(at + 6) & 0xffff;
        long bodyLength = from.getInt(at + 16) & 0xffffffffL;
        long attachmentBytes = from.getInt(at + 20) & 0xffffffffL;
        long size = LENGTH + bodyLength + 4L * attachments + attachmentBytes;
        if (size > maxMessageSize) {
            throw new WireException(
                    Reason.SIZE, "a message of " + size + " bytes is over the limit of " + maxMessageSize);
        }
        if (attachments == 0 && attachmentBytes != 0) {
            throw new WireException(Reason.ATTACHMENTS, attachmentBytes + " bytes of no attachment");
        }
        return new FrameHeader(
                type, flags, attachments, from.getLong(at + 8), Math.toIntExact(bodyLength), attachmentBytes);
    }

    static FrameHeader of(Frame frame) {
        long attachmentBytes = frame.size()
                - LENGTH
                - frame.body().length
                - 4L * frame.attachments().size();
        return new FrameHeader(
                frame.type(),
                frame.flags(),
                frame.attachments().size(),
                frame.requestId(),
                frame.body().length,
                attachmentBytes);
    }

    void write(ByteBuffer to) {
        to.putShort(MAGIC).put(VERSION).put((byte) type.code());
        to.putShort((short) flags).putShort((short) attachments);
        to.putLong(requestId).putInt(bodyLength).putInt((int) attachmentBytes);
    }
}
