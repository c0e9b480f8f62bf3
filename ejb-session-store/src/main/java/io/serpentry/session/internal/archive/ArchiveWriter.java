// SPDX-License-Identifier: Apache-2.0
package io.serpentry.session.internal.archive;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Map;

/** Writes lines and keeps the digests of what was written. */
final class ArchiveWriter {

    private static final JsonGeneratorFactory GENERATORS = Json.createGeneratorFactory(Map.of());

    private final MessageDigest file = Digests.sha256();
    private final MessageDigest session = Digests.sha256();
    private final OutputStream out;
    private long lines;

    ArchiveWriter(OutputStream out) {
        this.out = out;
    }

    void write(ArchiveLine line) throws IOException {
        OutputStream sink = new Sink();
        try (JsonGenerator json = GENERATORS.createGenerator(sink)) {
            json.writeStartObject().write("type", line.type());
            line.write(json);
            json.writeEnd();
        } catch (JsonException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw e;
        }
        sink.write('\n');
        lines++;
    }

    /** How many lines were written: the number of the last one. */
    long lines() {
        return lines;
    }

    /** Begins the digest of a session. */
    void beginSession() {
        session.reset();
    }

    /** Of what was written since the session began. */
    String sessionDigest() {
        return Digests.finish(session);
    }

    /** Of all that was written; to be asked once, before the last line. */
    String fileDigest() {
        return Digests.finish(file);
    }

    /** Closing a generator must not close what it writes to. */
    private final class Sink extends OutputStream {

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            file.update(bytes, offset, length);
            session.update(bytes, offset, length);
        }
    }
}
