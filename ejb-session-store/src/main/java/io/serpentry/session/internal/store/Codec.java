// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.store;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** How content is compressed in the store. The numbers are stored and never change their meaning. */
public enum Codec {
    NONE(0) {
        @Override
        byte[] compress(byte[] content) {
            return content;
        }

        @Override
        byte[] expand(byte[] stored, int size) {
            return stored;
        }
    },
    DEFLATE(1) {
        @Override
        byte[] compress(byte[] content) {
            Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
            try {
                deflater.setInput(content);
                deflater.finish();
                ByteArrayOutputStream out = new ByteArrayOutputStream(content.length / 2);
                byte[] buffer = new byte[8192];
                while (!deflater.finished()) {
                    out.write(buffer, 0, deflater.deflate(buffer));
                }
                return out.toByteArray();
            } finally {
                deflater.end();
            }
        }

        @Override
        byte[] expand(byte[] stored, int size) throws DataFormatException {
            require(size >= 0 && size <= (stored.length + 1L) * MOST_DEFLATED, stored, size);
            Inflater inflater = new Inflater(true);
            try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(stored), inflater)) {
                // Grows with what is there: a damaged size must not ask for memory.
                return requireSize(in.readNBytes(size), size);
            } catch (IOException | IllegalArgumentException e) {
                throw failure(e);
            } finally {
                inflater.end();
            }
        }
    },
    ZSTD(2) {
        @Override
        byte[] compress(byte[] content) {
            return Zstd.compress(content);
        }

        @Override
        byte[] expand(byte[] stored, int size) throws DataFormatException {
            try {
                // Looked at first: a damaged size must not ask for memory.
                long announced = Zstd.getFrameContentSize(stored);
                if (announced != size) {
                    throw new DataFormatException(announced + " bytes instead of " + size);
                }
                return requireSize(Zstd.decompress(stored, size), size);
            } catch (ZstdException e) {
                throw failure(e);
            }
        }
    };

    /** No byte of deflated data stands for more than so many. */
    private static final int MOST_DEFLATED = 1032;

    private final int number;

    Codec(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** Null for a number that this release does not know. */
    static @Nullable Codec ofNumber(int number) {
        for (Codec codec : values()) {
            if (codec.number == number) {
                return codec;
            }
        }
        return null;
    }

    private static byte[] requireSize(byte[] content, int size) throws DataFormatException {
        if (content.length != size) {
            throw new DataFormatException(content.length + " bytes instead of " + size);
        }
        return content;
    }

    private static DataFormatException failure(Exception cause) {
        DataFormatException failure = new DataFormatException(cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    /** Before memory is taken for a size that may be damaged too. */
    private static void require(boolean possible, byte[] stored, int size) throws DataFormatException {
        if (!possible) {
            throw new DataFormatException(size + " bytes can not be in these " + stored.length);
        }
    }

    abstract byte[] compress(byte[] content);

    /** Exactly {@code size} bytes, or a failure: the size bounds what damaged data can make of itself. */
    abstract byte[] expand(byte[] stored, int size) throws DataFormatException;
}
