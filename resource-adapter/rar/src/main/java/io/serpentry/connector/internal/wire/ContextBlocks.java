// SPDX-License-Identifier: Apache-2.0
package io.serpentry.connector.internal.wire;

import io.serpentry.connector.ContextBlock;
import io.serpentry.connector.internal.wire.WireException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts a context block in front of a frame's attachments, and takes it out; docs/protocol.md has the form. */
public final class ContextBlocks {

    private ContextBlocks() {}

    /** A frame without its block. */
    public record Parts(Frame frame, @Nullable ContextBlock context) {}

    public static Frame joined(Frame frame, ContextBlock context) {
        int own = context.attachments().size();
        ByteBuffer block = ByteBuffer.allocate(Integer.BYTES + context.json().length);
        block.putInt(own).put(context.json()).flip();
        List<ByteBuffer> attachments =
                new ArrayList<>(1 + own + frame.attachments().size());
        attachments.add(block);
        attachments.addAll(context.attachments());
        attachments.addAll(frame.attachments());
        return new Frame(frame.type(), frame.flags() | Frame.CONTEXT, frame.requestId(), frame.body(), attachments);
    }

    /** @throws WireException if the block is shorter than it says */
    public static Parts split(Frame frame) throws WireException {
        if (!frame.has(Frame.CONTEXT)) {
            return new Parts(frame, null);
        }
        List<ByteBuffer> attachments = frame.attachments();
        if (attachments.isEmpty() || attachments.get(0).remaining() < Integer.BYTES) {
            throw new WireException(Reason.ATTACHMENTS, "a context block without its count");
        }
        ByteBuffer block = attachments.get(0).duplicate();
        int own = block.getInt();
        if (own < 0 || own > attachments.size() - 1) {
            throw new WireException(
                    Reason.ATTACHMENTS,
                    "a context block of " + own + " attachments where " + (attachments.size() - 1) + " follow");
        }
        byte[] json = new byte[block.remaining()];
        block.get(json);
        Frame bare = new Frame(
                frame.type(),
                frame.flags() & ~Frame.CONTEXT,
                frame.requestId(),
                frame.body(),
                attachments.subList(own + 1, attachments.size()));
        return new Parts(bare, new ContextBlock(json, attachments.subList(1, own + 1)));
    }
}
