// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import io.serpentry.connector.internal.wire.WireException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns bytes into frames and does no I/O: put what arrives into {@link #space()}, then take {@link #next()} until it gives
 * null.
 *
 * <pre>
 *   HEADER --24 bytes--> BODY --body length--> TABLE --4 x attachments--> ATTACHMENT (each in turn) --> HEADER
 * </pre>
 *
 * <p>For one thread. After a {@link WireException} it must not be used again. It holds at most one message of
 * {@code maxMessageSize} beside its staging buffer.
 */
public final class FrameDecoder {

    /** Bytes staged at most; a larger message passes through in pieces. */
    private static final int STAGING = 128 * 1024;

    private enum Stage {
        HEADER,
        BODY,
        TABLE,
        ATTACHMENT
    }

    private final long maxMessageSize;
    private final ByteBuffer staging;
    private int unread;

    private Stage stage = Stage.HEADER;
    private @Nullable FrameHeader header;
    private ByteBuffer part = ByteBuffer.allocate(0);
    private byte[] body = Frame.NO_BODY;
    private int[] lengths = new int[0];
    private List<ByteBuffer> attachments = List.of();

    /** @param maxMessageSize the largest frame accepted, in bytes, its header included */
    public FrameDecoder(long maxMessageSize) {
        this(maxMessageSize, ByteBuffer.allocateDirect(STAGING));
    }

    /** @param staging where bytes are put; at least a header long */
    FrameDecoder(long maxMessageSize, ByteBuffer staging) {
        this.maxMessageSize = maxMessageSize;
        this.staging = staging;
    }

    /** Where the next bytes go; never full. The caller moves its position by as many bytes as it put. */
    public ByteBuffer space() {
        if (unread == staging.position()) {
            staging.clear();
            unread = 0;
        } else if (!staging.hasRemaining()) {
            staging.flip().position(unread);
            staging.compact();
            unread = 0;
        }
        return staging;
    }

    /**
     * The next frame, or null if more bytes are needed.
     *
     * @throws WireException if the bytes are no frame
     */
    public @Nullable Frame next() throws WireException {
        while (true) {
            if (stage == Stage.HEADER && !begin()) {
                return null;
            }
            fillPart();
            if (part.hasRemaining()) {
                return null;
            }
            Frame frame = finishPart();
            if (frame != null) {
                return frame;
            }
        }
    }

    /** Whether a frame has begun to arrive that is not complete. */
    public boolean isMidFrame() {
        return stage != Stage.HEADER || unread < staging.position();
    }

    private boolean begin() throws WireException {
        if (staging.position() - unread < FrameHeader.LENGTH) {
            return false;
        }
        header = FrameHeader.read(staging, unread, maxMessageSize);
        unread += FrameHeader.LENGTH;
        body = header.bodyLength() == 0 ? Frame.NO_BODY : new byte[header.bodyLength()];
        attachments = List.of();
        part = ByteBuffer.wrap(body);
        stage = Stage.BODY;
        return true;
    }

    private void fillPart() {
        int count = Math.min(part.remaining(), staging.position() - unread);
        if (count > 0) {
            staging.get(unread, part.array(), part.position(), count);
            part.position(part.position() + count);
            unread += count;
        }
    }

    private @Nullable Frame finishPart() throws WireException {
        FrameHeader complete = requireHeader();
        switch (stage) {
            case BODY -> {
                if (complete.attachments() == 0) {
                    return finishFrame(complete);
                }
                part = ByteBuffer.allocate(4 * complete.attachments());
                stage = Stage.TABLE;
            }
            case TABLE -> {
                readTable(complete);
                attachments = new ArrayList<>(lengths.length);
                part = ByteBuffer.allocate(lengths[0]);
                stage = Stage.ATTACHMENT;
            }
            case ATTACHMENT -> {
                attachments.add(part.flip());
                if (attachments.size() == lengths.length) {
                    return finishFrame(complete);
                }
                part = ByteBuffer.allocate(lengths[attachments.size()]);
            }
            case HEADER -> throw new IllegalStateException("no frame has begun");
        }
        return null;
    }

    private void readTable(FrameHeader complete) throws WireException {
        part.flip();
        lengths = new int[complete.attachments()];
        long sum = 0;
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = part.getInt();
            sum += lengths[i] & 0xffffffffL;
        }
        if (sum != complete.attachmentBytes()) {
            throw new WireException(
                    Reason.ATTACHMENTS,
                    "attachments of " + sum + " bytes, the header says " + complete.attachmentBytes());
        }
    }

    private Frame finishFrame(FrameHeader complete) {
        Frame frame = new Frame(complete.type(), complete.flags(), complete.requestId(), body, attachments);
        stage = Stage.HEADER;
        header = null;
        attachments = List.of();
        body = Frame.NO_BODY;
        return frame;
    }

    private FrameHeader requireHeader() {
        FrameHeader current = header;
        if (current == null) {
            throw new IllegalStateException("no frame has begun");
        }
        return current;
    }
}
